//! The command line of `mfa-proxy`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mfa_proxy::SettingError;
use mfa_proxy::settings::file::{File, FileMode, Standalone};

use crate::log;

const AFTER_HELP: &str = "\
Secrets come from the environment, or from the files that these variables or the config file name:
  MFA_API_TOKEN      MFA_API_TOKEN_FILE      the API token of your SignalWire project
  MFA_SEALING_KEYS   MFA_SEALING_KEYS_FILE   32-byte keys that seal tickets and ids, newest first
  MFA_RECEIPT_KEYS   MFA_RECEIPT_KEYS_FILE   32-byte keys that sign receipts, newest first
  MFA_API_KEY        MFA_API_KEY_FILE        what your backend shows to the private face
`mfa-proxy generate-key` prints a key for each of the last three. Where several instances run:
  MFA_STORE          MFA_STORE_FILE          redis://…, with the password if it has one
  MFA_DIGEST_KEY     MFA_DIGEST_KEY_FILE     a key that stays, so that the others can be changed
A variable goes before the file that its …_FILE names. An MFA_… that nothing reads is warned of.

A flag goes before the environment, the environment before the config file, the file before the
default. `mfa-proxy check-config` shows what is in effect, without secrets, and warns of what is
hardly meant. The file, and only the file, also has limits, policies and time-outs.

Two listeners:
  public    POST /sms, /call, /{id}/verify from the page. Behind your TLS reverse proxy: without
            its address in MFA_TRUSTED_PROXIES all visitors count as one.
  private   POST /tickets, /receipts/redeem from your backend, with MFA_API_KEY. Never for visitors:
            GET /healthz (it is up), /readyz (it may be sent requests), /metrics (Prometheus) and
            /contract.yaml (OpenAPI) need no key.

The log is on standard error. MFA_LOG chooses what is logged: error, warn, info (the default),
debug, trace or off, or that of a module, as in info,mfa_proxy=debug, which has a line for each
probe too. It has no token, key or full number at any level.

SIGTERM or Ctrl-C stops it: /readyz says 503 at once, and after stop_delay_ms of the file no
connection is accepted and the requests in flight are answered. The exit status is 0; it is 1 if a
setting cannot be used or an address is taken, and 2 if a flag is unknown.

To try it without an account:
  mfa-emulator &
  export MFA_UPSTREAM_URL=http://127.0.0.1:8790 MFA_PROJECT_ID=YourProjectID \\
         MFA_API_TOKEN=YourAuthToken MFA_SEALING_KEYS=$(mfa-proxy generate-key) \\
         MFA_RECEIPT_KEYS=$(mfa-proxy generate-key) MFA_API_KEY=$(mfa-proxy generate-key)
  mfa-proxy";

/// The endpoint that a site owns and <mfa-code> talks to: it has SignalWire send and verify
/// tokens, and signs what was verified.
#[derive(Debug, Parser)]
#[command(name = "mfa-proxy", version, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// What else it can do than run.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the settings and say what is wrong with them; nothing is started or called.
    CheckConfig,
    /// Print a new random key.
    GenerateKey,
}

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// A TOML file with the settings; docs/proxy.md lists them all.
    #[arg(long, env = "MFA_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Where the public face listens [default: 127.0.0.1:8080].
    #[arg(long, env = "MFA_LISTEN", value_name = "ADDRESS:PORT", global = true)]
    listen: Option<String>,
    /// Where the private face listens; keep visitors away from it [default: 127.0.0.1:8081].
    #[arg(long, env = "MFA_PRIVATE_LISTEN", value_name = "ADDRESS:PORT", global = true)]
    private_listen: Option<String>,
    /// Whom to call: https://your-space.signalwire.com, or an emulator on this machine.
    #[arg(long, env = "MFA_UPSTREAM_URL", value_name = "URL", global = true)]
    upstream_url: Option<String>,
    /// The project ID of your SignalWire space.
    #[arg(long, env = "MFA_PROJECT_ID", value_name = "ID", global = true)]
    project_id: Option<String>,
    /// Who names the number: your backend with a ticket, or the visitor [default: ticket].
    #[arg(long, env = "MFA_MODE", value_enum, global = true)]
    mode: Option<ModeName>,
    /// Only numbers of these countries may be called, by ISO 3166-1 code, e.g. GB,DE. Visitor mode
    /// needs this or --country-prefixes [default: all countries].
    #[arg(long, env = "MFA_COUNTRIES", value_name = "CODE", value_delimiter = ',', global = true)]
    countries: Vec<String>,
    /// Only numbers that begin so may be called, e.g. +44,+49. Visitor mode needs this or
    /// --countries.
    #[arg(
        long,
        env = "MFA_COUNTRY_PREFIXES",
        value_name = "PREFIX",
        value_delimiter = ',',
        global = true
    )]
    country_prefixes: Vec<String>,
    /// Other origins whose pages may call, e.g. https://login.example.com.
    #[arg(
        long,
        env = "MFA_ALLOWED_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ',',
        global = true
    )]
    allowed_origins: Vec<String>,
    /// Your reverse proxies, addresses or networks, e.g. 127.0.0.1,10.0.0.0/8. They are believed
    /// when they name the visitor's address; without them all visitors count as one.
    #[arg(
        long,
        env = "MFA_TRUSTED_PROXIES",
        value_name = "NETWORK",
        value_delimiter = ',',
        global = true
    )]
    trusted_proxies: Vec<String>,
    /// `iss` of the receipts [default: mfa-proxy].
    #[arg(long, env = "MFA_ISSUER", value_name = "NAME", global = true)]
    issuer: Option<String>,
    /// How each line of the log is written.
    #[arg(
        long,
        env = "MFA_LOG_FORMAT",
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        global = true
    )]
    pub(crate) log_format: log::Format,
    /// `aud` of the receipts [default: mfa-proxy].
    #[arg(long, env = "MFA_AUDIENCE", value_name = "NAME", global = true)]
    audience: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModeName {
    Ticket,
    Visitor,
}

impl Options {
    /// The settings, from flags, environment and file.
    pub(crate) fn resolve(
        self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Standalone, SettingError> {
        let mut file = self.config.as_deref().map_or_else(|| Ok(File::default()), File::read)?;
        file.listen = self.listen.or(file.listen);
        file.private_listen = self.private_listen.or(file.private_listen);
        file.upstream.base_url = self.upstream_url.or(file.upstream.base_url);
        file.upstream.project_id = self.project_id.or(file.upstream.project_id);
        file.issuer = self.issuer.or(file.issuer);
        file.audience = self.audience.or(file.audience);
        let mode = self.mode.map(|mode| match mode {
            ModeName::Ticket => FileMode::Ticket,
            ModeName::Visitor => FileMode::Visitor,
        });
        file.mode = mode.or(file.mode);
        for (setting, given, of_file) in [
            ("countries", self.countries, &mut file.countries),
            ("country_prefixes", self.country_prefixes, &mut file.country_prefixes),
            ("allowed_origins", self.allowed_origins, &mut file.allowed_origins),
            ("trusted_proxies", self.trusted_proxies, &mut file.trusted_proxies),
        ] {
            listed(setting, given, of_file)?;
        }
        file.resolve(environment)
    }
}

/// What a flag or a variable lists goes before the file. One that something has emptied would let
/// through whatever the file keeps out.
fn listed(
    setting: &str,
    given: Vec<String>,
    of_file: &mut Vec<String>,
) -> Result<(), SettingError> {
    if given.is_empty() {
        return Ok(());
    }
    if given.iter().all(|item| item.trim().is_empty()) {
        let variable = setting.to_uppercase();
        let problem = format!("MFA_{variable} is empty; list something, or do not set it");
        return Err(SettingError::new(setting, problem));
    }
    *of_file = given;
    Ok(())
}
