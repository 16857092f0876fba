//! `mfa-proxy`: the proxy as a program of its own, with a listener for each face.
#![forbid(unsafe_code)]

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser as _;
use mfa_proxy::settings::file::Standalone;
use mfa_proxy::{Bounds, Proxy, SecretKey, Workers};
use mimalloc::MiMalloc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

mod cli;
mod descriptors;
mod filter;
mod log;
mod signals;
mod variables;

use cli::{Cli, Command};
use descriptors::Shares;
use signals::Signals;

/// A request makes and drops some hundred small things: this one takes less time over that, and
/// gives back what many threads let go.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    in_small_pages();
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::GenerateKey) => say(SecretKey::generate().to_base64()),
        Some(Command::CheckConfig) => {
            heard().and_then(|_| configured(cli)).and_then(|(standalone, _)| check(&standalone))
        }
        None => heard().and_then(|filter| {
            log::lines(cli.options.log_format, filter, io::stderr().is_terminal(), io::stderr)
                .init();
            configured(cli).and_then(|(standalone, proxy)| run(standalone, &proxy))
        }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // There is nobody left to tell if this fails.
            let _ = writeln!(io::stderr(), "mfa-proxy: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Has the system hand out memory by small pages. The allocator asks for huge ones, of which a
/// proxy that remembers a little of everybody fills few, and is no faster with them.
#[cfg(target_os = "linux")]
fn in_small_pages() {
    // A kernel that does not know of it hands out what it likes.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// What is logged.
fn heard() -> Result<EnvFilter, String> {
    let text = std::env::var_os(variables::LOG);
    // What is no text is no level either.
    filter::parse(text.as_ref().map(|text| text.to_str().unwrap_or("?")))
}

/// What should be looked at again, beside what the proxy itself warns of.
fn warnings(standalone: &Standalone) -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let unread = variables::unread(names)
        .into_iter()
        .map(|name| format!("{name}: nothing reads this variable; --help names those that are"));
    standalone.warnings().iter().map(ToString::to_string).chain(unread).collect()
}

fn configured(cli: Cli) -> Result<(Standalone, Proxy), String> {
    let environment = |name: &str| std::env::var(name).ok();
    let standalone = cli.options.resolve(&environment).map_err(told)?;
    let proxy = Proxy::new(standalone.settings.clone()).map_err(told)?;
    Ok((standalone, proxy))
}

/// Says what is in effect, and what should be looked at again.
fn check(standalone: &Standalone) -> Result<(), String> {
    let of_proxy = standalone.settings.warnings();
    let of_proxy = of_proxy.iter().map(ToString::to_string);
    for warning in of_proxy.chain(warnings(standalone)) {
        written(writeln!(io::stderr(), "warning: {warning}"))?;
    }
    let Standalone { listen, private_listen, .. } = standalone;
    let usable = format!("The settings are usable. Public {listen}, private {private_listen}.");
    say(format!("{usable}\n\n{}", standalone.summary().to_string().trim_end()))
}

fn run(standalone: Standalone, proxy: &Proxy) -> Result<(), String> {
    for warning in warnings(&standalone) {
        tracing::warn!("{warning}");
    }
    let cores = Workers::for_each_core();
    // Before anything is opened: it raises what may be.
    let (public_bounds, private_bounds) = bounds(&standalone, cores)?;
    let workers = Workers::start(cores).map_err(told)?;
    // This thread accepts, and hears what the system says.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(told)?;
    runtime.block_on(async {
        let public = bind("listen", standalone.listen).await?;
        let private = bind("private_listen", standalone.private_listen).await?;
        let addresses = (public.local_addr().map_err(told)?, private.local_addr().map_err(told)?);
        let mut signals = Signals::listen().map_err(told)?;
        let (stop, stopping) = watch::channel(false);
        let (last, drained) = watch::channel(false);
        let faces = async {
            let public = async {
                let stopping = told_to_stop(stopping);
                proxy.serve_public_with(&workers, public, public_bounds, stopping).await;
                // Only now: what the last visitors got is still to be redeemed.
                last.send_replace(true);
            };
            let key = standalone.api_key;
            let drained = told_to_stop(drained);
            let private = proxy.serve_private_with(&workers, private, key, private_bounds, drained);
            tokio::join!(public, private);
            Ok(())
        };
        let (version, store) = (env!("CARGO_PKG_VERSION"), standalone.settings.store.kind());
        tracing::info!(version, store, public = %addresses.0, private = %addresses.1, "started");
        say(format!("public http://{}\nprivate http://{}", addresses.0, addresses.1))?;
        let stopped = async {
            signals.next().await?;
            proxy.stop();
            tracing::info!("stopping: the requests in flight are answered first");
            tokio::select! {
                () = tokio::time::sleep(standalone.stop_delay) => {}
                // Told twice, it does not wait.
                again = signals.next() => again?,
            }
            stop.send_replace(true);
            Ok(())
        };
        tokio::try_join!(faces, stopped).map_err(|error: io::Error| told(error))?;
        Ok(())
    })
}

async fn bind(setting: &str, address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("{setting}: cannot listen on {address}: {error}"))
}

/// What each face puts up with: no more than the process has descriptors for.
fn bounds(standalone: &Standalone, threads: usize) -> Result<(Bounds, Bounds), String> {
    let Bounds { connections: most, idle_timeout } = standalone.bounds;
    let Shares { public, private } = Shares::claim(most, threads).map_err(told)?;
    if public < most {
        tracing::warn!(
            public,
            private,
            "max_connections: the process may not open that many files; raise `ulimit -n`"
        );
    }
    let bounds = |connections| Bounds { connections, idle_timeout };
    Ok((bounds(public), bounds(private)))
}

async fn told_to_stop(mut stopping: watch::Receiver<bool>) {
    // An error is a sender that is gone, which is the end too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

fn say(text: impl Display) -> Result<(), String> {
    written(writeln!(io::stdout(), "{text}"))
}

/// A reader that has seen enough, as `head` has, is no failure.
fn written(done: io::Result<()>) -> Result<(), String> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(told(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn told(error: impl Display) -> String {
    error.to_string()
}
