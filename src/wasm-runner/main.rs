//! Runs one WebAssembly test file in a headless browser, for `cargo test`.
//!
//! `.cargo/config.toml` names this as the runner of wasm32. It is wasm-bindgen's own runner at the
//! version of `Cargo.lock`, so nothing has to be installed that could be of another version.

use std::io::{self, Write};
use std::process::ExitCode;

use wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args;

/// Hands `cargo test`'s arguments on. `CHROMEDRIVER` names the driver, else it is sought on `PATH`.
fn main() -> io::Result<ExitCode> {
    match run_cli_with_args(std::env::args_os()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            // The one line: a backtrace of the runner says nothing about the test.
            writeln!(io::stderr(), "{error:#}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}
