//! The proxy with a clock on which a minute passes in each second: what it remembers for a quarter
//! of an hour it has forgotten in a quarter of a minute, and what it counts by the hour in one.
//!
//! The program that ships reads the machine's clock. So this is the library, served as the program
//! serves it, with every default but the rates that it is told. It is this very program, called
//! with another word.

use std::env;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context as _, Error, Result};
use clap::ValueEnum as _;
use mfa_proxy::{ApiKey, Bounds, Clock, Keys, Proxy, Settings, Workers};
use tokio::net::TcpListener;

use crate::servers::{API_KEY, PAGES_COME_FROM, Rates, vendor};

/// The word by which it is called; the address of the emulator and the rates follow.
pub(crate) const WORD: &str = "hurried";

/// So many seconds pass in one.
pub(crate) const TIMES: u32 = 60;

/// Serves both faces, if that is what this process was called for.
pub(crate) fn run() -> Option<Result<()>> {
    let mut words = env::args().skip(1);
    (words.next()? == WORD).then(|| {
        let (upstream, rates) = words.next().zip(words.next()).context("to whom, and how many?")?;
        serve(upstream.parse()?, Rates::from_str(&rates, false).map_err(Error::msg)?)
    })
}

fn serve(upstream: SocketAddr, rates: Rates) -> Result<()> {
    let (started, began) = (Clock::system().now(), Instant::now());
    let clock = Clock::from_fn(move || started + (began.elapsed() * TIMES).as_secs());
    let limits = rates.limits();
    let trusted_proxies = vec![PAGES_COME_FROM.parse()?];
    let settings = Settings::new(vendor(upstream), Keys::generate());
    let proxy = Proxy::new(Settings { clock, limits, trusted_proxies, ..settings })?;
    let workers = Workers::start(Workers::for_each_core())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let public = TcpListener::bind("127.0.0.1:0").await?;
        let private = TcpListener::bind("127.0.0.1:0").await?;
        let faces = (public.local_addr()?, private.local_addr()?);
        writeln!(io::stdout(), "public http://{}\nprivate http://{}", faces.0, faces.1)?;
        let (bounds, never) = (Bounds::default(), std::future::pending::<()>);
        tokio::join!(
            proxy.serve_public_with(&workers, public, bounds, never()),
            proxy.serve_private_with(&workers, private, ApiKey::new(API_KEY), bounds, never()),
        );
        Ok(())
    })
}
