//! Which numbers are called at all: one rule, whoever names the number.
//!
//! It is asked when a ticket is issued and again at each start, since a ticket may be older than
//! the settings. The page and the backend learn that a number is refused, not why: only the log
//! says the cause, and never the number.

use std::fmt;

use mfa_core::E164;

use crate::decide::Rules;
use crate::numbers::{self, Surcharge};

/// What the page is told, in the words for a number that the upstream does not reach.
pub(crate) const NOT_REACHED: &str = "This number cannot be reached.";

/// Why a number is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotCalled {
    /// Its country is not in `countries`, or cannot be told.
    Country,
    /// It begins with none of `country_prefixes`.
    Prefix,
    PremiumRate,
    SharedCost,
}

impl fmt::Display for NotCalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Country => "country",
            Self::Prefix => "prefix",
            Self::PremiumRate => "premium_rate",
            Self::SharedCost => "shared_cost",
        })
    }
}

impl Rules {
    /// Whether this number may be called. When not, the log has said why.
    pub(crate) fn may_call(&self, to: &E164) -> Result<(), NotCalled> {
        let Some(cause) = self.not_called(to) else { return Ok(()) };
        tracing::warn!(%cause, "a number was refused");
        Err(cause)
    }

    fn not_called(&self, to: &E164) -> Option<NotCalled> {
        let prefixes = &self.settings.country_prefixes;
        let countries = &self.settings.countries;
        let facts = numbers::facts(to);
        match facts.surcharge {
            Some(Surcharge::PremiumRate) => return Some(NotCalled::PremiumRate),
            Some(Surcharge::SharedCost) => return Some(NotCalled::SharedCost),
            None => {}
        }
        if !prefixes.is_empty() && !prefixes.iter().any(|prefix| to.as_str().starts_with(prefix)) {
            return Some(NotCalled::Prefix);
        }
        let listed = facts.country.is_some_and(|country| countries.contains(&country));
        (!countries.is_empty() && !listed).then_some(NotCalled::Country)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::tests::rules_with;

    fn refused(countries: &[&str], prefixes: &[&str], number: &str) -> Option<NotCalled> {
        let rules = rules_with(|settings| {
            settings.countries = countries.iter().map(|code| code.parse().unwrap()).collect();
            settings.country_prefixes = prefixes.iter().map(|&prefix| prefix.into()).collect();
        });
        rules.may_call(&E164::parse(number).unwrap()).err()
    }

    #[test]
    fn with_no_list_every_number_is_called_but_those_that_cost_more_than_a_call() {
        for (number, cause) in [
            ("+15557788999", None),
            ("+12025550143", None),
            ("+12025550178", None),
            ("+18765551234", None),
            ("+999123456789", None),
            ("+19005551234", Some(NotCalled::PremiumRate)),
            ("+448431234567", Some(NotCalled::PremiumRate)),
            ("+491801234567", Some(NotCalled::SharedCost)),
        ] {
            assert_eq!(refused(&[], &[], number), cause, "{number}");
        }
    }

    #[test]
    fn a_list_of_countries_means_those_countries_and_not_their_calling_codes() {
        for (country, number, cause) in [
            ("US", "+12125550143", None),
            ("US", "+18765551234", Some(NotCalled::Country)),
            ("US", "+12423221234", Some(NotCalled::Country)),
            ("US", "+14165550143", Some(NotCalled::Country)),
            ("JM", "+18765551234", None),
            ("GB", "+442079460000", None),
            ("GB", "+441534456789", Some(NotCalled::Country)),
            ("GB", "+441481256789", Some(NotCalled::Country)),
            ("GG", "+441481256789", None),
        ] {
            assert_eq!(refused(&[country], &[], number), cause, "{country} {number}");
        }
    }

    #[test]
    fn where_countries_are_listed_a_number_of_no_known_country_is_refused() {
        for number in ["+15557788999", "+881612345678", "+999123456789", "+120255501430"] {
            assert_eq!(refused(&["US"], &[], number), Some(NotCalled::Country), "{number}");
        }
    }

    #[test]
    fn a_number_has_to_pass_each_list_that_is_set() {
        let refused = |number| refused(&["US", "GB"], &["+1212", "+44"], number);
        assert_eq!(refused("+12125550143"), None);
        assert_eq!(refused("+442079460000"), None);
        assert_eq!(refused("+12025550143"), Some(NotCalled::Prefix));
        assert_eq!(refused("+441534456789"), Some(NotCalled::Country));
    }

    #[test]
    fn no_list_lets_a_number_through_that_costs_more_than_a_call() {
        for (country, prefix, number) in
            [("US", "+1900", "+19005551234"), ("GB", "+44909", "+449098790123")]
        {
            assert_eq!(refused(&[country], &[prefix], number), Some(NotCalled::PremiumRate));
        }
    }
}
