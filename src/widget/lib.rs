//! The browser shell over the rules in `mfa-core`.
