//! The proxy beside nginx, before the same emulator, on the same machine, in the same run.
//!
//! `cargo xtask bench-proxy` builds what ships, finds nginx and Redis, runs this and keeps what it
//! prints. Everything is on loopback, bounded in number and time, and ends by itself. Nothing here
//! is a test: how long something takes is told and never asserted.
//!
//! - `rounds`: many people sign in, at everybody in turn; `load` is who asks.
//! - `inside`: what a request is made of.
//! - `million`: what ever new numbers cost in memory.
//! - `cold`: the start, and the size.
//! - `soak`: load without an end, and the memory meanwhile; only with `--soak SECONDS`.
//! - `servers`, `process`: the programs. `plain`: the least that could stand in their place.
//!   `hurried`: the proxy with a clock that runs too fast.
//! - `report`: what is printed.
//!
//! With `--brief` only nginx, what passes on and the proxy are asked, in a few rounds: for whoever
//! changes something and wants to see at once what it is worth.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark talks to its terminal")]

use std::path::Path;
use std::time::Duration;
use std::{env, fs, thread};

use anyhow::Result;
use clap::Parser;
use mimalloc::MiMalloc;
use uuid::Uuid;

mod cold;
mod hurried;
mod inside;
mod load;
mod million;
mod plain;
mod process;
mod report;
mod rounds;
mod servers;
mod soak;

use report::{Beside, Report, Soaks};
use servers::{Rates, Server, Setup};
use soak::Soak;

/// As the program has it: what of the proxy runs in here is to take the memory that it takes there.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Measures the proxy beside nginx.
#[derive(Parser)]
struct Options {
    /// Only what a change is seen by at once: the rounds, and few of them
    #[arg(long)]
    brief: bool,

    /// Have people sign in for so many seconds, too, and say whether memory is flat meanwhile
    #[arg(long, value_name = "SECONDS", value_parser = soak::length)]
    soak: Option<Duration>,

    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    // As the program does: the library is measured in here, too.
    #[cfg(target_os = "linux")]
    rustix::thread::disable_transparent_huge_pages(true)?;
    if let Some(done) = plain::run().or_else(hurried::run) {
        return done;
    }
    let options = Options::parse();
    let folder = env::temp_dir().join(format!("mfa-bench-{}", Uuid::new_v4()));
    fs::create_dir(&folder)?;
    let report = options.measure(&folder);
    fs::remove_dir_all(&folder)?;
    println!("{}", report::wrapped(&report?));
    Ok(())
}

impl Options {
    fn measure(&self, folder: &Path) -> Result<String> {
        if self.brief {
            let beside = brief(folder)?;
            return Ok(format!("{beside}{}", Soaks(&self.soak(folder)?)));
        }
        let report = measure(folder)?;
        Ok(Report { soaks: self.soak(folder)?, ..report }.to_string())
    }

    /// Nothing, where it is not asked for.
    fn soak(&self, folder: &Path) -> Result<Vec<Soak>> {
        let Some(length) = self.soak else { return Ok(Vec::new()) };
        say("Signing in without a pause");
        soak::run(folder, length)
    }
}

/// The rounds alone, of those that a change is compared with.
fn brief(folder: &Path) -> Result<Beside> {
    let emulator = servers::emulator(servers::REMEMBERED)?;
    let upstream = emulator.public;
    let program = servers::proxy_program();
    let setup = Setup { rates: Rates::Wide, roomy: true, redis: None, log: None, program };
    let proxy = |name, setup| servers::proxy(name, upstream, folder, setup);
    let mut others = vec![
        servers::nginx(report::NGINX, upstream, folder, None)?,
        servers::plain(report::PLAIN, upstream)?,
        proxy(report::MEMORY, setup)?,
    ];
    if let Some(program) = servers::other_program() {
        others.push(proxy(report::OTHER, Setup { program: &program, ..setup })?);
    }
    beside(&emulator, &others, rounds::BRIEF)
}

fn beside(emulator: &Server, others: &[Server], most: usize) -> Result<Beside> {
    let servers: Vec<_> = [emulator].into_iter().chain(others).collect();
    let rounds = rounds::walk(emulator, &servers, most)?;
    let memory = servers.iter().map(|server| Ok((server.idle, server.process.memory()?)));
    let memory = servers.iter().map(|server| server.name).zip(memory.collect::<Result<Vec<_>>>()?);
    Ok(Beside { rounds, memory: memory.collect() })
}

fn measure(folder: &Path) -> Result<Report> {
    // First, while this process is small.
    say("A million numbers");
    let cores = thread::available_parallelism()?.get();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(cores).enable_all().build()?;
    let upstream = inside::upstream(&runtime)?;
    let million = million::name(&runtime, upstream)?;
    let full = million::without_limits(&runtime, upstream)?;
    say("What a request is made of");
    let parts = inside::parts(upstream)?;
    let through = inside::through(&runtime, upstream)?;
    drop(runtime);

    let emulator = servers::emulator(servers::REMEMBERED)?;
    let upstream = emulator.public;
    say("Starting again and again");
    let cold = cold::start(upstream, folder)?;

    let (redis, store) = servers::redis(folder)?;
    let program = servers::proxy_program();
    let everything = Setup { rates: Rates::Wide, roomy: true, redis: None, log: None, program };
    let logs = [folder.join("nginx.log"), folder.join("proxy.log")];
    let [nginx_log, proxy_log] = logs.each_ref().map(|log| Some(log.as_path()));
    let proxy = |name, setup| servers::proxy(name, upstream, folder, setup);
    let mut others = vec![
        servers::nginx(report::NGINX, upstream, folder, None)?,
        servers::plain(report::PLAIN, upstream)?,
        proxy(report::MEMORY, everything)?,
        proxy(report::REDIS, Setup { redis: Some(store), ..everything })?,
        proxy(report::NO_LIMITS, Setup { rates: Rates::None, ..everything })?,
        servers::nginx(report::NGINX_LOG, upstream, folder, nginx_log)?,
        proxy(report::MEMORY_LOG, Setup { log: proxy_log, ..everything })?,
    ];
    if let Some(program) = servers::other_program() {
        others.push(proxy(report::OTHER, Setup { program: &program, ..everything })?);
    }
    let beside = beside(&emulator, &others, rounds::MOST)?;
    drop(redis);
    Ok(Report { million, full, parts, through, cold, beside, soaks: Vec::new() })
}

/// Says at the terminal what is being done. What is printed on standard output is the report.
pub(crate) fn say(what: impl std::fmt::Display) {
    eprintln!("{what}");
}
