//! `mfa-emulator`: the emulator as a server of its own.
#![forbid(unsafe_code)]

use std::{
    io::{IsTerminal, Write},
    net::SocketAddr,
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, ValueEnum};
use mfa_emulator::{Credentials, Emulator, Options, ValidationErrors, serve, standalone};
use tokio::net::TcpListener;
use tracing::{info, warn};
use tracing_subscriber::EnvFilter;

/// How long requests under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// SignalWire's MFA API on this machine, for demos and tests: nothing is ever sent.
///
/// Prints its base URL on standard output when it is ready; use that URL in place of
/// https://your-space.signalwire.com. What a phone would have received is shown at
/// BASE_URL/_emulator/ and listed as JSON at BASE_URL/_emulator/outbox.
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP)]
struct Arguments {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "MFA_EMULATOR_LISTEN", default_value = "127.0.0.1:8790")]
    listen: SocketAddr,

    /// Allow --listen to name an address that other machines can reach, and any Host in requests.
    ///
    /// The outbox shows every token, and whoever reaches it can read it. Without this option only
    /// requests to a loopback address, localhost or the address of --listen are answered.
    #[arg(long)]
    allow_remote: bool,

    /// Project ID that clients must send
    #[arg(long, env = "MFA_EMULATOR_PROJECT_ID", value_name = "ID",
          default_value_t = Credentials::default().project_id)]
    project_id: String,

    /// API token that clients must send; better set in the environment than on the command line
    #[arg(long, env = "MFA_EMULATOR_API_TOKEN", value_name = "TOKEN", hide_env_values = true,
          default_value_t = Credentials::default().api_token)]
    api_token: String,

    /// Shape of a 422 body: the one documented for /api/relay/rest, or for the rest of /api
    #[arg(
        long,
        env = "MFA_EMULATOR_VALIDATION_ERRORS",
        value_name = "SHAPE",
        default_value = "relay"
    )]
    validation_errors: Shape,

    /// Interactions to remember; the oldest are forgotten first
    #[arg(long, value_name = "COUNT", default_value_t = Options::default().most_interactions)]
    most_interactions: usize,

    /// Deliveries to keep in the outbox; the oldest are dropped first
    #[arg(long, value_name = "COUNT", default_value_t = Options::default().most_deliveries)]
    most_deliveries: usize,
}

const AFTER_HELP: &str = r#"Try it:
  curl -u YourProjectID:YourAuthToken -H 'Content-Type: application/json' \
       -d '{"to": "+15557788999"}' BASE_URL/api/relay/rest/mfa/sms
  curl BASE_URL/_emulator/outbox

For tests:
  POST   /_emulator/clock   {"advance": 600}
  POST   /_emulator/faults  {"route": "sms"|"call"|"verify", "status"?: 400-599,
                             "retry_after"?: seconds, "delay_ms"?: milliseconds,
                             "drop"?: "before"|"after", "times"?: 1}
  GET    /_emulator/outbox  newest first; ?to=+15557788999 for one phone
  GET    /_emulator/events  the same as an event stream
  DELETE /_emulator         everything back to the start

Logs go to standard error and hold no token and no full number; RUST_LOG=debug shows more."#;

#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// {"errors":[{"type","code","message","attribute","url"}]}
    Api,
    /// {"errors":[{"detail","status","title","code"}]}
    Relay,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = std::io::stderr;
    let colours = log().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(log).with_ansi(colours).init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let address = arguments.listen;
    if !address.ip().is_loopback() {
        if !arguments.allow_remote {
            return Err(format!(
                "--listen {address} can be reached from other machines, and the outbox shows \
                 every token; listen on 127.0.0.1, or add --allow-remote if that is meant"
            ));
        }
        warn!("{address} can be reached from other machines: whoever does reads every token");
    }
    let listener = TcpListener::bind(address)
        .await
        .map_err(|problem| format!("--listen {address}: {problem}; try another port"))?;
    let address = listener.local_addr().map_err(|problem| problem.to_string())?;

    let emulator = Emulator::new(Options {
        credentials: Credentials {
            project_id: arguments.project_id,
            api_token: arguments.api_token,
        },
        validation_errors: match arguments.validation_errors {
            Shape::Api => ValidationErrors::Api,
            Shape::Relay => ValidationErrors::Relay,
        },
        most_interactions: arguments.most_interactions,
        most_deliveries: arguments.most_deliveries,
        allow_remote: arguments.allow_remote,
    });
    let (told, stop) = tokio::sync::oneshot::channel::<()>();
    let app = standalone(emulator.clone());
    let serving = serve(listener, app, async {
        // An error is the end of the sender, which is the end of the server too.
        stop.await.unwrap_or_default();
    });
    // The listener is bound: a client that connects from here on is answered.
    writeln!(std::io::stdout(), "http://{address}")
        .map_err(|problem| format!("cannot print the URL: {problem}"))?;

    tokio::pin!(serving);
    tokio::select! {
        served = &mut serving => return served.map_err(|problem| problem.to_string()),
        signalled = stop_signal() => signalled.map_err(|problem| problem.to_string())?,
    }
    info!("stopping");
    emulator.stop();
    drop(told);
    match tokio::time::timeout(GRACE, serving).await {
        Ok(served) => served.map_err(|problem| problem.to_string()),
        Err(_) => {
            warn!("requests were still under way after {} s", GRACE.as_secs());
            Ok(())
        }
    }
}

/// Ends with Ctrl-C, or SIGTERM where there is one.
async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
