//! mfa-demo.
fn main() {}
