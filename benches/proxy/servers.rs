//! Who is measured: the proxy in several settings, and nginx, all before one emulator.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use mfa_proxy::{ApiToken, LimitName, Limits, SecretKey, Upstream};
use uuid::Uuid;

use crate::hurried;
use crate::million::wide;
use crate::plain;
use crate::process::{Process, free_port};

pub(crate) const API_KEY: &str = "K0123456789abcdef0123456789abcdef";
const PROJECT: &str = "project";
const API_TOKEN: &str = "PTsecret-of-the-project";

/// Who may name the visitor, as the reverse proxy of a site does.
pub(crate) const PAGES_COME_FROM: &str = "127.0.0.1/32";

/// More than is sent in one round.
pub(crate) const REMEMBERED: &str = "50000";

/// What the proxy says before each address when it listens.
const FACES: [&str; 2] = ["public http://", "private http://"];

/// Somebody who is asked.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) process: Process,
    pub(crate) public: SocketAddr,
    /// What it had of the memory before anybody asked.
    pub(crate) idle: u64,
}

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The vendor's API, with its credentials.
    Emulator,
    /// The vendor's API, without.
    PassesOn,
    /// Ours, and its private face.
    Proxy { private: SocketAddr },
}

/// How many sends are let through.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Rates {
    Default,
    /// The windows of the default, with rates that nobody gets to.
    Wide,
    None,
}

impl Rates {
    pub(crate) fn limits(self) -> Limits {
        match self {
            Self::Default => Limits::default(),
            Self::Wide => wide(Limits::default()),
            Self::None => Limits::without_sends(),
        }
    }
}

/// How a proxy is set up.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) rates: Rates,
    /// Whether the books have room for all that are asked in a run.
    pub(crate) roomy: bool,
    pub(crate) redis: Option<SocketAddr>,
    /// Where its log goes, if it has one.
    pub(crate) log: Option<&'a Path>,
    pub(crate) program: &'a Path,
}

/// The emulator, with room for so many.
pub(crate) fn emulator(remembered: &str) -> Result<Server> {
    let mut process = Process::start(
        Command::new(program("MFA_EMULATOR")?)
            .args(["--listen", "127.0.0.1:0", "--project-id", PROJECT])
            .args(["--most-interactions", remembered, "--most-deliveries", remembered])
            .env("MFA_EMULATOR_API_TOKEN", API_TOKEN)
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped()),
    )?;
    let public = addresses(&mut process, &["http://"])?[0];
    ready("the emulator itself", Kind::Emulator, process, public)
}

/// nginx as it would be set up for this: two workers, connections to the upstream kept alive.
pub(crate) fn nginx(
    name: &'static str,
    upstream: SocketAddr,
    folder: &Path,
    log: Option<&Path>,
) -> Result<Server> {
    let public = free_port()?;
    let (folder, log) = (folder.display(), log.map(|log| log.display().to_string()));
    let access_log = log.unwrap_or_else(|| "off".into());
    let authorization = basic();
    let settings = format!(
        "worker_processes 2;
         daemon off;
         pid {folder}/nginx-{port}.pid;
         error_log stderr error;
         events {{ worker_connections 1024; }}
         http {{
           access_log {access_log};
           client_body_temp_path {folder}/body;
           proxy_temp_path {folder}/proxy;
           fastcgi_temp_path {folder}/fastcgi;
           uwsgi_temp_path {folder}/uwsgi;
           scgi_temp_path {folder}/scgi;
           keepalive_requests 1000000;
           upstream vendor {{
             server {upstream};
             keepalive 64;
             keepalive_requests 1000000;
           }}
           server {{
             listen {public} reuseport;
             location / {{
               proxy_pass http://vendor/api/relay/rest/mfa/;
               proxy_http_version 1.1;
               proxy_set_header Connection '';
               proxy_set_header Host {upstream};
               proxy_set_header Authorization '{authorization}';
             }}
           }}
         }}",
        port = public.port()
    );
    let file = Path::new(&folder.to_string()).join(format!("nginx-{}.conf", public.port()));
    fs::write(&file, settings)?;
    let mut process = Process::start(Command::new(program("MFA_NGINX")?).arg("-c").arg(file))?;
    process.listens(public)?;
    ready(name, Kind::PassesOn, process, public)
}

/// The least that passes requests on.
pub(crate) fn plain(name: &'static str, upstream: SocketAddr) -> Result<Server> {
    let mut process = Process::start(
        Command::new(env::current_exe()?)
            .args([plain::WORD, &upstream.to_string()])
            .stdout(Stdio::piped()),
    )?;
    let public = addresses(&mut process, &["http://"])?[0];
    ready(name, Kind::PassesOn, process, public)
}

/// The proxy as a program, every protection on.
pub(crate) fn proxy(
    name: &'static str,
    upstream: SocketAddr,
    folder: &Path,
    setup: Setup<'_>,
) -> Result<Server> {
    let (process, public, private) = start_proxy(upstream, folder, setup)?;
    ready(name, Kind::Proxy { private }, process, public)
}

/// The proxy with a clock that runs too fast.
pub(crate) fn hurried(name: &'static str, upstream: SocketAddr, rates: Rates) -> Result<Server> {
    let rates = rates.to_possible_value().context("rates without a word for them")?;
    let mut process = Process::start(
        Command::new(env::current_exe()?)
            .args([hurried::WORD, &upstream.to_string(), rates.get_name()])
            .stdout(Stdio::piped()),
    )?;
    let faces = addresses(&mut process, &FACES)?;
    ready(name, Kind::Proxy { private: faces[1] }, process, faces[0])
}

/// The proxy as a program, from when it says where it listens.
pub(crate) fn start_proxy(
    upstream: SocketAddr,
    folder: &Path,
    setup: Setup<'_>,
) -> Result<(Process, SocketAddr, SocketAddr)> {
    let Setup { rates, roomy, redis, log, program } = setup;
    let store = redis.map_or_else(|| "memory".into(), |at| format!("redis://{at}/0"));
    let mut settings = format!(
        "listen = '127.0.0.1:0'
         private_listen = '127.0.0.1:0'
         store = '{store}'
         trusted_proxies = ['{PAGES_COME_FROM}']
         [upstream]
         base_url = 'http://{upstream}'
         project_id = '{PROJECT}'
         [limits]
        "
    );
    if roomy {
        writeln!(settings, "capacity = 4000000")?;
    }
    let limits = rates.limits();
    for &limit in LimitName::ALL {
        let rates: Vec<_> = limits.rates(limit).iter().map(|rate| format!("'{rate}'")).collect();
        writeln!(settings, "{} = [{}]", limit.as_str(), rates.join(", "))?;
    }
    let file = folder.join(format!("{}.toml", Uuid::new_v4()));
    fs::write(&file, settings)?;
    let key = || SecretKey::generate().to_base64();
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("MFA_CONFIG", &file)
        .env("MFA_API_KEY", API_KEY)
        .env("MFA_API_TOKEN", API_TOKEN)
        .env("MFA_SEALING_KEYS", key())
        .env("MFA_RECEIPT_KEYS", key())
        .env("MFA_LOG", if log.is_some() { "info" } else { "off" })
        .stdout(Stdio::piped());
    if let Some(log) = log {
        command.stderr(File::create(log)?);
    }
    let mut process = Process::start(&mut command)?;
    let faces = addresses(&mut process, &FACES)?;
    Ok((process, faces[0], faces[1]))
}

/// A Redis that writes nothing to a disk.
pub(crate) fn redis(folder: &Path) -> Result<(Process, SocketAddr)> {
    let at = free_port()?;
    let mut process = Process::start(
        Command::new(program("REDIS_SERVER")?)
            .args(["--port", &at.port().to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(folder)
            .stdout(Stdio::null()),
    )?;
    process.listens(at)?;
    Ok((process, at))
}

/// The program that ships.
pub(crate) fn proxy_program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mfa-proxy"))
}

/// Another build of it, to see what a change is worth.
pub(crate) fn other_program() -> Option<PathBuf> {
    env::var_os("MFA_PROXY_BESIDE").map(PathBuf::from)
}

/// The vendor's API, as the library is told of it.
pub(crate) fn vendor(upstream: SocketAddr) -> Upstream {
    Upstream::new(format!("http://{upstream}"), PROJECT, ApiToken::new(API_TOKEN))
}

/// How the vendor's API is shown who asks.
pub(crate) fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("{PROJECT}:{API_TOKEN}")))
}

/// A program whose path the tool chain has put into the environment.
pub(crate) fn program(variable: &str) -> Result<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    path.with_context(|| format!("{variable} is not set: run this by `cargo xtask bench-proxy`"))
}

fn ready(name: &'static str, kind: Kind, process: Process, public: SocketAddr) -> Result<Server> {
    let idle = process.memory()?;
    Ok(Server { name, kind, process, public, idle })
}

/// The addresses that a program prints when it listens, one a line.
fn addresses(process: &mut Process, prefixes: &[&str]) -> Result<Vec<SocketAddr>> {
    let said = process.child().stdout.take().context("nothing can be read of it")?;
    let mut lines = BufReader::new(said).lines();
    let mut address = |prefix: &&str| {
        let line = lines.next().context("a program ended before it said where it listens")??;
        let address = line.strip_prefix(*prefix).and_then(|rest| rest.trim().parse().ok());
        address.with_context(|| format!("a program said `{line}` and no address"))
    };
    prefixes.iter().map(&mut address).collect()
}
