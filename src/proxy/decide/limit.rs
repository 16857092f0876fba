//! The limits on sending: a send is counted everywhere, or nowhere when a rate is used up.
//!
//! A rate is so many in a window, which begins with the first. Numbers, subjects and sessions are
//! counted under keyed digests; an address is kept as it is, IPv6 as its /64. A decision reads and
//! counts in one step, so no more get through at once than one after the other.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use mfa_core::E164;
use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::decide::answer::Refusal;
use crate::decide::books::{Books, Page};
use crate::decide::shelf::Full;
use crate::digest::Digest;
use crate::numbers;
use crate::settings::{LimitName, Limits, Rate};

/// What a send counts under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) number: Digest,
    pub(crate) subject: Digest,
    /// The sign-in: one ticket. Nothing where there are no tickets.
    pub(crate) session: Option<Digest>,
    pub(crate) address: IpAddr,
    /// The number without its last digits.
    pub(crate) range: Digest,
    /// The country calling code.
    pub(crate) country: Option<u16>,
}

/// So many sends since a window began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    count: u32,
    ends: UnixTime,
}

/// One rate, for one of those that it counts. The books know it by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Counter {
    limit: LimitName,
    rate: Rate,
    under: Under,
}

/// For whom a rate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Under {
    Address(IpAddr),
    All,
    Country(u16),
    Digest(Digest),
}

/// A rate that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsedUp {
    pub(crate) limit: LimitName,
    /// Seconds until the last window that is in the way ends.
    pub(crate) retry_after: u64,
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.limit.as_str(), self.rate)?;
        match self.under {
            Under::Address(address) => address.fmt(f),
            Under::All => Ok(()),
            Under::Country(code) => code.fmt(f),
            Under::Digest(digest) => digest.fmt(f),
        }
    }
}

impl Counter {
    /// The one of all sends, for tests.
    #[cfg(test)]
    pub(crate) const ALL: Self =
        Self { limit: LimitName::SendsInAll, rate: Rate::new(1, 60), under: Under::All };

    pub(crate) fn page(&self) -> Page {
        Page::Counter(*self)
    }

    /// The window that is running, if one is. It is no longer than it can be: when the clock was
    /// set back meanwhile it ends as if it began now, and that is written down.
    fn running(&self, books: &mut Books, now: UnixTime) -> Result<Option<Window>, Full> {
        let Some(mut window) = books.counters.get(self, now).copied() else {
            return Ok(None);
        };
        let latest = now + u64::from(self.rate.seconds);
        if window.ends > latest {
            window.ends = latest;
            books.counters.put(self, window, latest, now)?;
        }
        Ok(Some(window))
    }
}

/// Counts one send under all of them, or under none.
pub(crate) fn count(books: &mut Books, counters: &[Counter], now: UnixTime) -> Result<(), Refusal> {
    let mut longest: Option<UsedUp> = None;
    let mut windows = Vec::with_capacity(counters.len());
    let mut new = 0;
    for counter in counters {
        let ends = now + u64::from(counter.rate.seconds);
        let running = counter.running(books, now)?;
        new += usize::from(running.is_none());
        let window = running.unwrap_or(Window { count: 0, ends });
        if window.count >= counter.rate.max {
            let retry_after = window.ends.saturating_sub(now).max(1);
            let used_up = UsedUp { limit: counter.limit, retry_after };
            longest = longest.into_iter().chain([used_up]).max_by_key(|it| it.retry_after);
        }
        windows.push(Window { count: window.count + 1, ..window });
    }
    if let Some(longest) = longest {
        return Err(Refusal::used_up(longest));
    }
    // Before the first is counted: none is, if there is no room for all.
    if books.counters.room(now) < new {
        return Err(Full.into());
    }
    for (counter, window) in counters.iter().zip(windows) {
        books.counters.put(counter, window, window.ends, now)?;
    }
    Ok(())
}

/// A rate of the settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    limit: LimitName,
    rate: Rate,
}

impl Tally {
    /// Those of all limits.
    pub(super) fn all(limits: &Limits) -> Vec<Self> {
        let of =
            |&limit: &LimitName| limits.rates(limit).iter().map(move |&rate| Self { limit, rate });
        LimitName::ALL.iter().flat_map(of).collect()
    }
}

impl Rules {
    /// Under what a send to this number counts.
    pub(crate) fn charge_of(
        &self,
        subject: &Digest,
        number: &E164,
        nonce: Option<&str>,
        address: IpAddr,
    ) -> Charge {
        /// A block of numbers that are dealt out, and called, one after the other.
        const BLOCK: usize = 3;
        let digits = number.as_str();
        let range = digits.get(..digits.len().saturating_sub(BLOCK)).unwrap_or_default();
        Charge {
            number: self.number_digest(number),
            subject: *subject,
            session: nonce.map(|nonce| self.digester.digest("session", &[nonce.as_bytes()])),
            address,
            range: self.digester.digest("range", &[range.as_bytes()]),
            country: numbers::calling_code(number),
        }
    }

    /// The rates that apply to a send.
    pub(crate) fn counters(&self, charge: &Charge) -> Vec<Counter> {
        let counted = |limit: LimitName| match limit {
            LimitName::SendsPerNumber => Some(Under::Digest(charge.number)),
            LimitName::SendsPerSubject => Some(Under::Digest(charge.subject)),
            LimitName::SendsPerSession => charge.session.map(Under::Digest),
            LimitName::SendsPerAddress => Some(Under::Address(network(charge.address))),
            LimitName::SendsPerRange => Some(Under::Digest(charge.range)),
            LimitName::SendsPerCountry => charge.country.map(Under::Country),
            LimitName::SendsInAll => Some(Under::All),
        };
        let counter = |&Tally { limit, rate }: &Tally| {
            counted(limit).map(|under| Counter { limit, rate, under })
        };
        self.tallies.iter().filter_map(counter).collect()
    }
}

/// The client as it is counted: an IPv4 address, or the /64 that one IPv6 customer has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decide::limited::Limited;
    use crate::decide::tests::{NOW, rules_with};

    /// Rules with one limit, and a send that is like another but for what is named.
    fn only(limit: LimitName, rates: &[Rate]) -> Rules {
        rules_with(|settings| {
            settings.limits = Limits::without_sends();
            *settings.limits.rates_mut(limit) = rates.to_vec();
        })
    }

    fn charge(rules: &Rules, which: u8, address: &str) -> Charge {
        let number = E164::parse(&format!("+15557{which:02}8999")).unwrap();
        let subject = rules.subject_digest(&format!("subject {which}"));
        let nonce = format!("nonce {which}");
        let charge = rules.charge_of(&subject, &number, Some(&nonce), address.parse().unwrap());
        Charge { country: Some(which.into()), ..charge }
    }

    fn sends(books: &mut Books, rules: &Rules, charge: &Charge, now: UnixTime) -> bool {
        count(books, &rules.counters(charge), now).is_ok()
    }

    /// One and the same person, to this number.
    fn sends_to(books: &mut Books, rules: &Rules, number: &str) -> bool {
        let (subject, number) = (rules.subject_digest("ada"), E164::parse(number).unwrap());
        let charge = rules.charge_of(&subject, &number, None, "::1".parse().unwrap());
        sends(books, rules, &charge, NOW)
    }

    #[test]
    fn each_limit_counts_what_it_is_named_for_and_says_when_to_come_back() {
        for &limit in LimitName::ALL {
            let rules = only(limit, &[Rate::new(2, 3_600)]);
            let mut books = Books::of_few();
            let same = charge(&rules, 1, "192.0.2.1");
            assert!(sends(&mut books, &rules, &same, NOW));
            assert!(sends(&mut books, &rules, &same, NOW + 5));
            let refusal = count(&mut books, &rules.counters(&same), NOW + 10).unwrap_err();
            assert_eq!(refusal.limit, Some(Limited::Sends(limit)));
            assert_eq!(refusal.retry_after, Some(3_590));
            let other = charge(&rules, 2, "192.0.2.2");
            let alike = limit == LimitName::SendsInAll;
            assert_eq!(sends(&mut books, &rules, &other, NOW + 10), !alike, "{limit:?}");
            assert!(sends(&mut books, &rules, &same, NOW + 3_600), "the window is over");
        }
    }

    #[test]
    fn of_a_range_the_last_three_digits_do_not_count() {
        let rules = only(LimitName::SendsPerRange, &[Rate::new(1, 60)]);
        let mut books = Books::of_few();
        let mut to = |number: &str| sends_to(&mut books, &rules, number);
        assert!(to("+15557788999"));
        assert!(!to("+15557788000"));
        assert!(to("+15557789999"));
    }

    #[test]
    fn a_country_is_its_calling_code() {
        let rules = only(LimitName::SendsPerCountry, &[Rate::new(1, 60)]);
        let mut books = Books::of_few();
        let mut to = |number: &str| sends_to(&mut books, &rules, number);
        assert!(to("+15557788999") && to("+442079460000"));
        assert!(!to("+12025550143") && !to("+447400123456"));
    }

    #[test]
    fn a_refused_send_is_counted_nowhere() {
        let rules = rules_with(|settings| {
            settings.limits = Limits::without_sends();
            settings.limits.sends_per_number = vec![Rate::new(1, 3_600)];
            settings.limits.sends_per_address = vec![Rate::new(2, 3_600)];
        });
        let mut books = Books::of_few();
        let (one, two) = (charge(&rules, 1, "192.0.2.1"), charge(&rules, 2, "192.0.2.1"));
        assert!(sends(&mut books, &rules, &one, NOW));
        for _ in 0..9 {
            assert!(!sends(&mut books, &rules, &one, NOW));
        }
        assert!(sends(&mut books, &rules, &two, NOW));
    }

    #[test]
    fn where_there_is_no_room_for_all_counters_none_is_counted() {
        let rules = rules_with(|settings| {
            settings.limits = Limits::without_sends();
            settings.limits.sends_in_all = vec![Rate::new(2, 3_600)];
            settings.limits.sends_per_number = vec![Rate::new(2, 3_600)];
        });
        let mut books = Books::new(&Limits { capacity: 1, ..Limits::default() });
        let one = charge(&rules, 1, "::1");
        for _ in 0..3 {
            assert!(!sends(&mut books, &rules, &one, NOW));
        }
        assert!(books.is_empty());
    }

    #[test]
    fn the_longest_wait_is_the_one_that_is_told() {
        let rules = only(LimitName::SendsPerNumber, &[Rate::new(1, 600), Rate::new(1, 60)]);
        let mut books = Books::of_few();
        let one = charge(&rules, 1, "::1");
        assert!(sends(&mut books, &rules, &one, NOW));
        let refusal = count(&mut books, &rules.counters(&one), NOW).unwrap_err();
        assert_eq!(refusal.retry_after, Some(600));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_window_longer() {
        let rules = only(LimitName::SendsPerNumber, &[Rate::new(1, 60)]);
        let mut books = Books::of_few();
        let one = charge(&rules, 1, "::1");
        assert!(sends(&mut books, &rules, &one, NOW));
        let refusal = count(&mut books, &rules.counters(&one), NOW - 9_999).unwrap_err();
        assert_eq!(refusal.retry_after, Some(60));
        assert!(sends(&mut books, &rules, &one, NOW - 9_999 + 60));
    }

    /// Instances of other releases count under the same.
    #[test]
    fn in_a_shared_store_a_counter_has_the_name_of_its_limit_its_rate_and_whom_it_is_for() {
        let rules = rules_with(|settings| {
            settings.limits = Limits::without_sends();
            for &limit in LimitName::ALL {
                *settings.limits.rates_mut(limit) = vec![Rate::new(5, 60)];
            }
        });
        let one = charge(&rules, 1, "2001:db8::7");
        let names = rules.counters(&one).iter().map(ToString::to_string).collect::<Vec<_>>();
        let named = |name: String| assert!(names.contains(&name), "{name}: {names:?}");
        named("sends_in_all 5/60s ".into());
        named("sends_per_address 5/60s 2001:db8::".into());
        named("sends_per_country 5/60s 1".into());
        named(format!("sends_per_number 5/60s {}", one.number));
        assert_eq!(names.len(), LimitName::ALL.len());
    }

    #[test]
    fn an_ipv6_client_is_its_64() {
        let network = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }

    proptest! {
        /// However sends come, no window of any length of the rate begins with more than it has.
        #[test]
        fn no_window_has_more_than_the_rate(
            waits in proptest::collection::vec(0_u64..40, 1..200), max in 1_u32..6
        ) {
            let rules = only(LimitName::SendsPerNumber, &[Rate::new(max, 100)]);
            let mut books = Books::of_few();
            let one = charge(&rules, 1, "::1");
            let (mut now, mut sent) = (NOW, Vec::new());
            for wait in waits {
                now += wait;
                if sends(&mut books, &rules, &one, now) {
                    sent.push(now);
                }
            }
            // Windows begin with the first send and do not overlap.
            let mut window: Option<(UnixTime, u32)> = None;
            for at in sent {
                window = match window {
                    Some((began, count)) if at < began + 100 => Some((began, count + 1)),
                    _ => Some((at, 1)),
                };
                prop_assert!(window.is_none_or(|(_, count)| count <= max));
            }
        }
    }
}
