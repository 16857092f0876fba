//! The way a token reaches the person: a text message or a voice call.

use core::fmt;

use serde::{Deserialize, Serialize};

/// How a token is delivered. The upstream has one route for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A voice call that reads the token out.
    Call,
    /// A text message.
    Sms,
}

impl Channel {
    /// The word of the source document, which is also the last part of the route.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Sms => "sms",
        }
    }

    /// The channel of that name.
    ///
    /// # Errors
    ///
    /// [`UnknownChannel`] for anything but `sms` and `call`, in lower case.
    pub fn parse(name: &str) -> Result<Self, UnknownChannel> {
        match name {
            "call" => Ok(Self::Call),
            "sms" => Ok(Self::Sms),
            _ => Err(UnknownChannel),
        }
    }
}

/// A channel name that is neither `sms` nor `call`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownChannel;

impl fmt::Display for UnknownChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel must be `sms` or `call`")
    }
}

impl core::error::Error for UnknownChannel {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_reads_back_as_it_is_written() {
        for channel in [Channel::Sms, Channel::Call] {
            assert_eq!(Channel::parse(channel.as_str()), Ok(channel));
        }
    }

    #[test]
    fn no_other_word_is_a_channel() {
        for word in ["", "SMS", "voice", "sms "] {
            assert_eq!(Channel::parse(word), Err(UnknownChannel));
        }
    }
}
