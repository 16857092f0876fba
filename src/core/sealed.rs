//! Text that another party wrote for itself: an interaction's id, a ticket, a receipt.

use alloc::string::String;
use core::fmt;

/// A text to keep and hand on, not to read. It prints its size, never itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// The text itself, for a request body or a form value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Sealed {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Sealed {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn it_prints_its_size_and_never_itself() {
        assert_eq!(format!("{:?}", Sealed::from("v4.local.secret")), "Sealed(15)");
    }
}
