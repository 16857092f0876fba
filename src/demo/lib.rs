//! mfa-demo.
#![forbid(unsafe_code)]
