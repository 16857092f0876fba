//! How soon a proxy that has just been started can be used, and how large it is.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use hyper::Method;

use crate::load;
use crate::rounds::median;
use crate::servers::{Rates, Setup, proxy_program, start_proxy};

const STARTS: usize = 21;

/// Medians, in milliseconds from when the program was called.
pub(crate) struct Cold {
    /// Until it said where it listens.
    pub(crate) listens: f64,
    /// Until a first request was answered.
    pub(crate) answers: f64,
    /// Bytes of the program's file.
    pub(crate) size: u64,
}

/// Starts it again and again.
pub(crate) fn start(upstream: SocketAddr, folder: &Path) -> Result<Cold> {
    let (mut listens, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let began = Instant::now();
        let program = proxy_program();
        let setup = Setup { rates: Rates::Wide, roomy: true, redis: None, log: None, program };
        let (process, public, _) = start_proxy(upstream, folder, setup)?;
        listens.push(milliseconds(began.elapsed()));
        let keys = load::call(Method::GET, public, "/.well-known/jwks.json", &[], String::new())?;
        load::ask(public, keys)?;
        answers.push(milliseconds(began.elapsed()));
        drop(process);
    }
    let size = fs::metadata(proxy_program())?.len();
    Ok(Cold { listens: median(listens), answers: median(answers), size })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
