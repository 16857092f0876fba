//! The proxy as HTTP: `axum` over the decisions. No rule of an interaction is here.

use axum::http::Method;

pub(crate) mod address;
mod envelope;
mod forgotten;
mod json;
mod operate;
mod origin;
pub(crate) mod private;
mod problem;
pub(crate) mod public;
mod read;
pub(crate) mod serve;

/// A route of the contract, as `docs/contract.yaml` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Relative to where the router is mounted.
    pub path: &'static str,
    /// The one method it knows.
    pub method: Method,
}

/// The routes for the page.
pub const PUBLIC_ROUTES: [Route; 4] = [
    Route { path: public::SMS, method: Method::POST },
    Route { path: public::CALL, method: Method::POST },
    Route { path: public::VERIFY, method: Method::POST },
    Route { path: public::KEY_SET, method: Method::GET },
];

/// The routes for the site's backend, and for those who look after the proxy.
pub const PRIVATE_ROUTES: [Route; 8] = [
    Route { path: private::TICKETS, method: Method::POST },
    Route { path: private::REDEEM, method: Method::POST },
    Route { path: private::UNLOCK, method: Method::POST },
    Route { path: public::KEY_SET, method: Method::GET },
    Route { path: operate::HEALTH, method: Method::GET },
    Route { path: operate::READINESS, method: Method::GET },
    Route { path: operate::METRICS, method: Method::GET },
    Route { path: operate::CONTRACT, method: Method::GET },
];

/// Who is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    /// The page.
    Public,
    /// The site's backend, and whoever looks after the proxy.
    Private,
}

impl Face {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }

    /// Its routes.
    pub(crate) const fn routes(self) -> &'static [Route] {
        match self {
            Self::Public => &PUBLIC_ROUTES,
            Self::Private => &PRIVATE_ROUTES,
        }
    }
}
