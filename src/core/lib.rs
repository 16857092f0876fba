//! The rules of a second-factor code.
#![no_std]
#![forbid(unsafe_code)]
