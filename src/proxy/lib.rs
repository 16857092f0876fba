//! mfa-proxy.
#![forbid(unsafe_code)]
