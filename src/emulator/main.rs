//! mfa-emulator.
fn main() {}
