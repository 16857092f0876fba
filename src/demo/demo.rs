//! The demo, put together: two listeners on the loopback, and what answers at each.

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{Router, middleware};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mfa_emulator::{Credentials, Emulator, Patience};
use mfa_proxy::{
    ApiKey, ApiToken, Clock, Keys, Limits, Policies, Proxy, Rate, SettingError, Settings, Upstream,
    settings::UncheckedPolicy,
};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    accounts::ACCOUNTS,
    assets::{self, Package},
    form,
    gateway::Gateway,
    guesses::Guesses,
    headers,
    login::{self, Site},
    session::Sessions,
};

const MOST_SESSIONS_OF_ONE: usize = 1_000;
const MOST_GUESSED_NAMES: usize = 1_000;

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port of the site; 0 takes a free one.
    pub port: u16,
    /// The folder with the built npm package.
    pub dist: PathBuf,
    /// The proxy's keys.
    pub keys: Keys,
}

impl Options {
    /// Where `npm run build` puts the package: `dist/` in the folder this was compiled in.
    #[must_use]
    pub fn default_dist() -> PathBuf {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR"));
        demo.ancestors().nth(2).unwrap_or(demo).join("dist")
    }
}

/// Why the demo does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or may not be used.
    #[error("{0}")]
    Port(String),
    /// The proxy does not take the settings.
    #[error("{0}")]
    Setting(#[from] SettingError),
    /// The machine has no loopback port left.
    #[error("cannot listen on the loopback: {0}")]
    Listen(#[from] io::Error),
}

/// A demo that listens and does not serve yet.
pub struct Demo {
    listener: TcpListener,
    private_listener: TcpListener,
    address: SocketAddr,
    site: Router,
    private: Router,
    emulator: Emulator,
    package: Package,
    patience: Patience,
}

impl Demo {
    /// Takes its ports and puts the parts together.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what is in the way, and what to do about it.
    pub async fn bind(options: Options) -> Result<Self, StartError> {
        let wished = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener =
            TcpListener::bind(wished).await.map_err(|problem| port_error(wished, &problem))?;
        let address = listener.local_addr()?;
        let private_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let private_address = private_listener.local_addr()?;

        let emulator = Emulator::new(mfa_emulator::Options::default());
        let mut settings = settings(address, options.keys)?;
        settings.clock = clock_of(&emulator);
        let proxy = Proxy::new(settings)?;
        let key = ApiKey::new(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        let private = proxy.private_router(key.clone());
        let package = Package(options.dist);
        let site = Site {
            gateway: Gateway::new(
                format!("http://{address}"),
                format!("http://{private_address}"),
                key,
            ),
            package: package.clone(),
            sessions: Sessions::keep_at_most(MOST_SESSIONS_OF_ONE),
            guesses: Guesses::of_at_most(MOST_GUESSED_NAMES),
        };
        let site = login::routes(Arc::new(site))
            .merge(assets::routes(package.clone()))
            .layer(middleware::map_response(headers::add))
            .nest("/mfa", proxy.public_router())
            .merge(mfa_emulator::router(emulator.clone()))
            .layer(middleware::map_request(form::for_this_machine));
        let patience = Patience::default();
        Ok(Self { listener, private_listener, address, site, private, emulator, package, patience })
    }

    /// With this patience for clients that do not go on.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Where the site is.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What keeps the code step from working, if anything does.
    pub fn complaint(&self) -> Option<String> {
        (!self.package.is_built()).then(|| self.package.how_to_build())
    }

    /// Serves until `shutdown` ends and the requests under way are answered.
    ///
    /// # Errors
    ///
    /// When a listener fails for good.
    pub async fn serve(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let (stop, stopped) = watch::channel(());
        let emulator = self.emulator;
        let site = mfa_emulator::serve_with(self.listener, self.site, self.patience, async move {
            shutdown.await;
            // Event streams never end by themselves.
            emulator.stop();
            // The private face ends last: a request under way may still need it.
        });
        let private = mfa_emulator::serve_with(
            self.private_listener,
            self.private,
            self.patience,
            ended(stopped),
        );
        let site = async {
            let result = site.await;
            drop(stop);
            result
        };
        let (site, private) = tokio::join!(site, private);
        site.and(private)
    }
}

/// Ends when the sender is gone.
async fn ended(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

/// The proxy's time is the emulator's: who moves it ahead moves it for both, as waiting would.
fn clock_of(emulator: &Emulator) -> Clock {
    let (emulator, machine) = (emulator.clone(), Clock::system());
    Clock::from_fn(move || machine.now() + emulator.advance(Duration::ZERO).as_secs())
}

/// The proxy as a site would set it up, with limits for somebody who tries things out.
fn settings(emulator: SocketAddr, keys: Keys) -> Result<Settings, SettingError> {
    let Credentials { project_id, api_token } = Credentials::default();
    let upstream =
        Upstream::new(format!("http://{emulator}"), project_id, ApiToken::new(api_token));
    let mut settings = Settings::new(upstream, keys);
    let policies = ACCOUNTS.iter().map(|account| {
        let policy = UncheckedPolicy {
            token_length: Some(account.policy.token_length.into()),
            allow_alphas: Some(account.policy.allow_alphas),
            ..UncheckedPolicy::default()
        };
        (account.policy.name.to_owned(), policy)
    });
    settings.policies = Policies::check(policies.collect())?;
    settings.issuer = "harbor-savings-proxy".into();
    settings.audience = "harbor-savings".into();
    // No message costs anything here, and everybody who tries has the same number and address.
    let generous = vec![Rate::new(60, 600)];
    let Limits {
        sends_per_number, sends_per_subject, sends_per_session, sends_per_address, ..
    } = &mut settings.limits;
    for limit in [sends_per_number, sends_per_subject, sends_per_session, sends_per_address] {
        limit.clone_from(&generous);
    }
    // Nor should somebody who tries wrong codes on purpose wait for ten minutes.
    settings.limits.failed_window = 60;
    Ok(settings)
}

fn port_error(address: SocketAddr, problem: &io::Error) -> StartError {
    let port = address.port();
    let kind = problem.kind();
    let what = if kind == io::ErrorKind::AddrInUse {
        format!("port {port} is taken by another program")
    } else if kind == io::ErrorKind::PermissionDenied {
        format!("port {port} needs more rights than you have")
    } else {
        format!("cannot listen on port {port}: {problem}")
    };
    let other = if port == 8080 { 8081 } else { 8080 };
    StartError::Port(format!("{what}; choose another, for example PORT={other} npm start"))
}
