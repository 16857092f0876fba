//! What a telephone number is to the proxy: whose country's it is, which country calling code it
//! has, and whether calling it costs more than a call.
//!
//! All of it is read off the digits, with the numbering plans of Google's libphonenumber. Nothing
//! here calls a number, asks whether it exists or demands that it does, panics, or logs: the
//! library writes numbers into its trace lines, so only those functions of it are used that
//! write none.

use std::fmt;
use std::str::FromStr;

use mfa_core::E164;
use rlibphonenumber::interfaces::AsOriginal as _;
use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};
use thiserror::Error;

/// ITU-T E.164: country calling codes have up to three digits, and none begins another.
const MAX_CODE_DIGITS: usize = 3;

/// A country that has telephone numbers of its own, by its code in ISO 3166-1 alpha-2.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country(Region);

impl FromStr for Country {
    type Err = CountryError;

    /// Reads a code, in capitals or not.
    fn from_str(code: &str) -> Result<Self, CountryError> {
        // The library also has a name for no country, `001`.
        let region = Region::from_code(code.trim()).ok().filter(|region| *region != Region::World);
        let region = region.ok_or(CountryError::NotTwoLetters)?;
        match PHONE_NUMBER_UTIL.get_country_code_for_region(region) {
            Some(_) => Ok(Self(region)),
            None => Err(CountryError::Unknown(region.to_string())),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is not a country that can be called. It repeats two letters at most.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CountryError {
    /// It is not of the form of a code.
    #[error("each is a country's two letters in ISO 3166-1, e.g. \"GB\"")]
    NotTwoLetters,
    /// No numbers are known to be this country's.
    #[error(
        "{0} is not a country with telephone numbers in ISO 3166-1, e.g. \"GB\" for the United \
         Kingdom"
    )]
    Unknown(String),
}

/// Why calling a number costs more than a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surcharge {
    /// The caller also pays whoever is called.
    PremiumRate,
    /// The caller pays a part of what the called one's service costs.
    SharedCost,
}

/// What the digits of a number tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whose number it is. None: it is no country's, such as a satellite telephone's, or several
    /// countries share its calling code and none of them has such numbers.
    pub(crate) country: Option<Country>,
    /// Why calling it costs more than a call. None: it does not, as far as the plans tell.
    pub(crate) surcharge: Option<Surcharge>,
}

/// What the digits of this number tell.
pub(crate) fn facts(number: &E164) -> Facts {
    let Some((code, national)) = split(number) else { return Facts::default() };
    let plans = || plans(code);
    // Each pattern takes a microsecond, so none is asked twice.
    let mut assigned = None;
    let home = plans().find(|plan| {
        let begins = plan.begins(national);
        assigned = begins.is_none().then(|| plan.assigns(national));
        begins.or(assigned).unwrap_or_default()
    });
    let assigned = home.is_some_and(|plan| assigned.unwrap_or_else(|| plan.assigns(national)));
    let mut only = plans();
    let country = match (only.next(), only.next()) {
        // Nobody else has this code, whatever follows it.
        (Some(plan), None) => Some(plan),
        _ => home,
    };
    let surcharge = match home {
        Some(home) if assigned => home.surcharge(national),
        _ => as_dialled(national, plans().next())
            .find_map(|dialled| plans().find_map(|plan| plan.surcharge(dialled))),
    };
    Facts { country: country.and_then(Plan::country), surcharge }
}

/// The country calling code of a number, if there is such a code.
pub(crate) fn calling_code(number: &E164) -> Option<u16> {
    split(number).map(|(code, _)| code)
}

/// Whether nobody was assigned this number, and a network would dial one that somebody was: with a
/// digit more, a trunk prefix or another way round it. So one telephone has many spellings.
pub(crate) fn is_another_spelling(number: &E164) -> bool {
    let Some((code, national)) = split(number) else { return false };
    let assigned = |digits: &str| plans(code).any(|plan| plan.assigns(digits));
    !assigned(national) && as_dialled(national, plans(code).next()).any(assigned)
}

/// Reads all numbering plans now, so that no visitor waits for them.
pub(crate) fn warm() {
    for code in PHONE_NUMBER_UTIL.get_supported_calling_codes() {
        u16::try_from(code).into_iter().flat_map(plans).for_each(Plan::compile);
    }
}

/// The country calling code and what follows it.
fn split(number: &E164) -> Option<(u16, &str)> {
    let digits = number.as_str().trim_start_matches('+');
    (1..=MAX_CODE_DIGITS).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code = code.parse().ok()?;
        plans(code).next().map(|_| (code, national))
    })
}

/// The plans of all that share a country calling code, the main one first.
fn plans(code: u16) -> impl Iterator<Item = Plan> {
    let code = i32::from(code);
    let regions = PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code);
    regions.into_iter().flatten().map(move |region| Plan { code, region })
}

/// What a network may make of a number that nobody was assigned. It reads from the left and takes
/// no notice of digits after a whole number; and people and switches drop a trunk prefix, as the
/// 0 of `+44 (0) 900 …`. Else a premium number could be dressed as an unknown one.
fn as_dialled(national: &str, main: Option<Plan>) -> impl Iterator<Item = &str> {
    let bare = main.and_then(|plan| national.strip_prefix(plan.trunk_prefix()?));
    let whole = [Some(national), bare].into_iter().flatten();
    whole.flat_map(|digits| (1..=digits.len()).rev().filter_map(|end| digits.get(..end)))
}

/// The numbers of one country under one calling code.
#[derive(Clone, Copy)]
struct Plan {
    code: i32,
    region: Region,
}

// The library's types for a plan and its parts have no names outside of it, so these two cannot be
// functions.

/// The plan as the library has it.
macro_rules! metadata {
    ($plan:expr) => {
        PHONE_NUMBER_UTIL
            .as_original()
            .get_metadata_for_region_or_calling_code($plan.code, $plan.region)
    };
}

/// All that a number can be by a plan, what most are first.
macro_rules! uses {
    ($metadata:expr) => {
        [
            &$metadata.mobile,
            &$metadata.fixed_line,
            &$metadata.premium_rate,
            &$metadata.shared_cost,
            &$metadata.toll_free,
            &$metadata.voip,
            &$metadata.personal_number,
            &$metadata.pager,
            &$metadata.uan,
            &$metadata.voicemail,
        ]
    };
}

impl Plan {
    fn country(self) -> Option<Country> {
        (self.region != Region::World).then_some(Country(self.region))
    }

    fn trunk_prefix(self) -> Option<&'static str> {
        metadata!(self)?.original.national_prefix.as_deref().filter(|prefix| !prefix.is_empty())
    }

    /// Whether numbers like this are this country's by how they begin, where that is enough. Where
    /// it is not, those are that the plan has a use for.
    fn begins(self, national: &str) -> Option<bool> {
        let Some(metadata) = metadata!(self) else { return Some(false) };
        let beginning = metadata.leading_digits().anchor_start().ok().flatten();
        beginning.map(|beginning| beginning.is_match(national))
    }

    /// Whether the plan has a use for exactly this number.
    fn assigns(self, national: &str) -> bool {
        let Some(metadata) = metadata!(self) else { return false };
        let library = PHONE_NUMBER_UTIL.as_original();
        let matches = |kind| library.is_number_matching_desc(national, kind).unwrap_or(false);
        matches(&metadata.general_desc) && uses!(metadata).into_iter().any(matches)
    }

    fn surcharge(self, national: &str) -> Option<Surcharge> {
        let metadata = metadata!(self)?;
        let library = PHONE_NUMBER_UTIL.as_original();
        let matches = |kind| library.is_number_matching_desc(national, kind).unwrap_or(false);
        if matches(&metadata.premium_rate) {
            Some(Surcharge::PremiumRate)
        } else {
            matches(&metadata.shared_cost).then_some(Surcharge::SharedCost)
        }
    }

    /// Has the library read what it otherwise reads when it is first asked.
    fn compile(self) {
        let Some(metadata) = metadata!(self) else { return };
        // A pattern that cannot be read matches nothing; there is none, see the tests.
        let _ = metadata.leading_digits().anchor_start();
        for kind in uses!(metadata).into_iter().chain([&metadata.general_desc]) {
            let _ = kind.national_number_pattern().anchor_full();
        }
    }
}

#[cfg(test)]
mod tests;
