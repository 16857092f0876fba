//! mfa-emulator.
#![forbid(unsafe_code)]
