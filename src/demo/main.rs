//! `mfa-demo`: the demo site as a program.
#![forbid(unsafe_code)]

use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use mfa_demo::{Demo, Options};
use mfa_proxy::{KeyError, Keys, SecretKey};
use tracing_subscriber::EnvFilter;

/// How long requests under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// A bank's login page with a password and a code. Nothing leaves this machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,

    /// Folder with the built npm package [default: dist, in the project's folder]
    #[arg(long, env = "MFA_DIST", value_name = "FOLDER")]
    dist: Option<PathBuf>,

    /// The proxy's sealing keys, comma-separated; new ones are made when there are none
    #[arg(long, env = "MFA_SEALING_KEYS", value_name = "KEYS", hide_env_values = true)]
    sealing_keys: Option<String>,

    /// The proxy's receipt keys, comma-separated; new ones are made when there are none
    #[arg(long, env = "MFA_RECEIPT_KEYS", value_name = "KEYS", hide_env_values = true)]
    receipt_keys: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Whoever closed the standard error does not want to know.
            let _ = writeln!(std::io::stderr(), "The demo cannot run: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let new = Keys::generate();
    let kept = arguments.sealing_keys.is_some();
    let keys = Keys {
        sealing: given("MFA_SEALING_KEYS", arguments.sealing_keys)?.unwrap_or(new.sealing),
        receipt: given("MFA_RECEIPT_KEYS", arguments.receipt_keys)?.unwrap_or(new.receipt),
        digest: None,
    };
    let dist = arguments.dist.unwrap_or_else(Options::default_dist);
    let demo = Demo::bind(Options { port: arguments.port, dist, keys }).await?;

    let mut out = std::io::stdout();
    if let Some(complaint) = demo.complaint() {
        writeln!(out, "{complaint}")?;
    }
    if !kept {
        writeln!(out, "The proxy's keys are new: what an earlier run sealed is void.")?;
    }
    writeln!(out, "The demo is ready: {}", demo.url())?;
    out.flush()?;

    let (told, stop) = tokio::sync::oneshot::channel::<()>();
    let serving = demo.serve(async {
        // An error is the end of the sender, which is the end of the server too.
        let _ = stop.await;
    });
    tokio::pin!(serving);
    tokio::select! {
        served = &mut serving => return Ok(served?),
        signal = interrupted() => signal?,
    }
    drop(told);
    match tokio::time::timeout(GRACE, serving).await {
        Ok(served) => served?,
        // A browser that holds a connection open must not hold up whoever pressed Ctrl-C.
        Err(_) => tracing::warn!("some requests were not answered in time"),
    }
    Ok(())
}

/// Not parsed by clap, whose errors repeat the value.
fn given(setting: &str, keys: Option<String>) -> Result<Option<Vec<SecretKey>>, String> {
    let keys = keys.map(|keys| keys.split(',').map(SecretKey::parse).collect());
    keys.transpose().map_err(|problem: KeyError| format!("{setting}: {problem}"))
}

#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
