//! Runs one WebAssembly test file in a headless browser, for `cargo test`.
//!
//! `.cargo/config.toml` names this as the runner of wasm32. It is wasm-bindgen's own runner at the
//! version of `Cargo.lock`, so nothing has to be installed that could be of another version.

/// Hands `cargo test`'s arguments on. `CHROMEDRIVER` names the driver, else it is sought on `PATH`.
fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
