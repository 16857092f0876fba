//! mfa-proxy.
fn main() {}
