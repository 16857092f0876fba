//! How much is too much: the limits, their defaults, and how a rate is written.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// So many in so many seconds, written `3/10m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Rate {
    /// How many.
    pub max: u32,
    /// In how many seconds.
    pub seconds: u32,
}

impl Rate {
    /// So many in so many seconds.
    #[must_use]
    pub const fn new(max: u32, seconds: u32) -> Self {
        Self { max, seconds }
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (max, window) = text.split_once('/').ok_or(RateError)?;
        let unit = window.chars().last().ok_or(RateError)?;
        let scale = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(RateError),
        };
        let count = window.strip_suffix(unit).unwrap_or_default();
        let count: u32 = if count.is_empty() { 1 } else { count.parse().map_err(|_| RateError)? };
        let max = max.parse().map_err(|_| RateError)?;
        let seconds = count.checked_mul(scale).filter(|&seconds| seconds > 0).ok_or(RateError)?;
        if max == 0 {
            return Err(RateError);
        }
        Ok(Self { max, seconds })
    }
}

impl TryFrom<String> for Rate {
    type Error = RateError;

    fn try_from(text: String) -> Result<Self, RateError> {
        text.parse()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}s", self.max, self.seconds)
    }
}

/// A text that is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate is written like `3/10m`: how many, and in how many s, m, h or d")]
pub struct RateError;

/// The limits. An empty list of rates switches that limit off.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sends to one number.
    pub sends_per_number: Vec<Rate>,
    /// Sends for one subject.
    pub sends_per_subject: Vec<Rate>,
    /// Sends with one ticket.
    pub sends_per_session: Vec<Rate>,
    /// Sends asked for from one client address (IPv6: one /64).
    pub sends_per_address: Vec<Rate>,
    /// Sends to numbers that differ in their last three digits only.
    pub sends_per_range: Vec<Rate>,
    /// Sends to one country calling code.
    pub sends_per_country: Vec<Rate>,
    /// Sends in all.
    pub sends_in_all: Vec<Rate>,
    /// Seconds after the first failed verify until the subject's tries begin anew. Twice as long
    /// each time they are used up again, up to an hour.
    pub failed_window: u32,
    /// Failed verifies of one subject in a day.
    pub failed_per_day: u32,
    /// Failed verifies of one subject without a right one in between; then the site's backend has
    /// to unlock it. At most 100 (NIST SP 800-63B-4 §3.2.2).
    pub failed_in_row: u32,
    /// Records of one kind kept in memory at once; when they are used up the proxy answers 503.
    pub capacity: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sends_per_number: vec![Rate::new(3, 600), Rate::new(5, 3_600)],
            sends_per_subject: vec![Rate::new(5, 3_600), Rate::new(15, 86_400)],
            sends_per_session: vec![Rate::new(5, 3_600)],
            sends_per_address: vec![Rate::new(10, 600), Rate::new(30, 3_600)],
            sends_per_range: vec![Rate::new(60, 3_600)],
            // Less than in all: whoever floods one country does not keep the others out.
            sends_per_country: vec![Rate::new(50, 60), Rate::new(800, 3_600)],
            sends_in_all: vec![Rate::new(60, 60), Rate::new(1_000, 3_600)],
            failed_window: 600,
            failed_per_day: 20,
            failed_in_row: 100,
            capacity: 100_000,
        }
    }
}

impl Limits {
    /// The defaults with every limit on sends switched off: for a site that counts by itself, and
    /// for tests.
    #[must_use]
    pub fn without_sends() -> Self {
        let mut limits = Self::default();
        for &limit in LimitName::ALL {
            limits.rates_mut(limit).clear();
        }
        limits
    }

    /// The rates of one limit.
    #[must_use]
    pub fn rates(&self, limit: LimitName) -> &[Rate] {
        match limit {
            LimitName::SendsInAll => &self.sends_in_all,
            LimitName::SendsPerAddress => &self.sends_per_address,
            LimitName::SendsPerCountry => &self.sends_per_country,
            LimitName::SendsPerNumber => &self.sends_per_number,
            LimitName::SendsPerRange => &self.sends_per_range,
            LimitName::SendsPerSession => &self.sends_per_session,
            LimitName::SendsPerSubject => &self.sends_per_subject,
        }
    }

    /// The rates of one limit, to change them.
    pub fn rates_mut(&mut self, limit: LimitName) -> &mut Vec<Rate> {
        match limit {
            LimitName::SendsInAll => &mut self.sends_in_all,
            LimitName::SendsPerAddress => &mut self.sends_per_address,
            LimitName::SendsPerCountry => &mut self.sends_per_country,
            LimitName::SendsPerNumber => &mut self.sends_per_number,
            LimitName::SendsPerRange => &mut self.sends_per_range,
            LimitName::SendsPerSession => &mut self.sends_per_session,
            LimitName::SendsPerSubject => &mut self.sends_per_subject,
        }
    }
}

/// A limit on sends, by the name of its setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitName {
    /// [`Limits::sends_in_all`]
    SendsInAll,
    /// [`Limits::sends_per_address`]
    SendsPerAddress,
    /// [`Limits::sends_per_country`]
    SendsPerCountry,
    /// [`Limits::sends_per_number`]
    SendsPerNumber,
    /// [`Limits::sends_per_range`]
    SendsPerRange,
    /// [`Limits::sends_per_session`]
    SendsPerSession,
    /// [`Limits::sends_per_subject`]
    SendsPerSubject,
}

impl LimitName {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::SendsInAll,
        Self::SendsPerAddress,
        Self::SendsPerCountry,
        Self::SendsPerNumber,
        Self::SendsPerRange,
        Self::SendsPerSession,
        Self::SendsPerSubject,
    ];

    /// The setting in `[limits]`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendsInAll => "sends_in_all",
            Self::SendsPerAddress => "sends_per_address",
            Self::SendsPerCountry => "sends_per_country",
            Self::SendsPerNumber => "sends_per_number",
            Self::SendsPerRange => "sends_per_range",
            Self::SendsPerSession => "sends_per_session",
            Self::SendsPerSubject => "sends_per_subject",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_how_many_in_how_long() {
        assert_eq!("3/10m".parse(), Ok(Rate::new(3, 600)));
        assert_eq!("5/h".parse(), Ok(Rate::new(5, 3_600)));
        assert_eq!("1/30s".parse(), Ok(Rate::new(1, 30)));
        assert_eq!("9/1d".parse(), Ok(Rate::new(9, 86_400)));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in ["", "3", "3/", "/10m", "0/10m", "3/0m", "3/10", "3/10w", "-1/h", "3/99999999d"]
        {
            assert_eq!(text.parse::<Rate>(), Err(RateError), "{text}");
        }
    }
}
