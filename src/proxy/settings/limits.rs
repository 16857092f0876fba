//! How much is too much: the limits, their defaults, and how a rate is written.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// So many in so many seconds, written `3/10m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
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
    /// Sends asked for from one client address (IPv6: one /64).
    pub sends_per_address: Vec<Rate>,
    /// Sends in all.
    pub sends_in_all: Vec<Rate>,
    /// Seconds after the first failed verify until the subject's tries begin anew.
    pub failed_window: u32,
    /// Failed verifies of one subject in a day.
    pub failed_per_day: u32,
    /// Records of one kind kept in memory at once; when they are used up the proxy answers 503.
    pub capacity: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sends_per_number: vec![Rate::new(3, 600), Rate::new(5, 3_600)],
            sends_per_subject: vec![Rate::new(5, 3_600), Rate::new(15, 86_400)],
            sends_per_address: vec![Rate::new(10, 600), Rate::new(30, 3_600)],
            sends_in_all: vec![Rate::new(60, 60), Rate::new(1_000, 3_600)],
            failed_window: 600,
            failed_per_day: 20,
            capacity: 100_000,
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
