//! The endpoint that a site owns and `<mfa-code>` talks to.
//!
//! It alone knows the project ID and the API token of the SignalWire space, and which number
//! belongs to whom. It decides who may be sent a token, counts the tries, says why an interaction
//! is closed, and signs what was verified. It has two faces: the public one for the page and the
//! private one for the site's backend.
//!
//! # Layout
//!
//! - `decide`: every rule, without I/O: request, time and random numbers in; answer or call out.
//! - `numbers`: what the digits of a number tell, also without I/O.
//! - `http`, `upstream`, `store`: shells over it, with axum, hyper and redis.
//! - `metrics`, `ready`, `serving`: what an operator watches, and two listeners of its own.
//! - `workers`: a thread for each core, for the program.
//! - [`Proxy`] puts them together; [`settings`] is what it must be told.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use mfa_proxy::{ApiToken, Keys, Proxy, Settings, Upstream};
//!
//! let token = ApiToken::new(std::env::var("MFA_API_TOKEN")?);
//! let upstream = Upstream::new("https://example.signalwire.com", "project-id", token);
//! let proxy = Proxy::new(Settings::new(upstream, Keys::generate()))?;
//! let site = axum::Router::new().nest("/mfa", proxy.public_router());
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod clock;
mod decide;
mod digest;
mod http;
mod identify;
mod metrics;
mod numbers;
mod proxy;
mod ready;
mod seal;
mod secret;
mod seldom;
mod serving;
pub mod settings;
mod store;
mod upstream;
mod workers;

pub use clock::{Clock, UnixTime};
pub use decide::receipt::{RedeemError, Redeemed};
pub use decide::ticket::{IssuedTicket, TicketError, TicketRequest};
pub use http::serve::{Bounds, serve};
pub use http::{PRIVATE_ROUTES, PUBLIC_ROUTES, Route};
pub use identify::{Identify, Identifying, Identity};
pub use numbers::{Country, CountryError};
pub use proxy::{Proxy, StoreDown};
pub use ready::Unready;
pub use secret::{ApiKey, ApiToken, KeyError, Receipt, SecretKey, StoreUrl, Ticket};
pub use settings::{
    ForwardedHeader, Keys, LimitName, Limits, Mode, Policies, Rate, SettingError, Settings,
    StoreChoice, Upstream,
};
pub use workers::Workers;
