//! Library mode: the site's own function from a request to the person and their number.

use std::future::Future;
use std::pin::Pin;

use axum::http::request::Parts;
use mfa_core::E164;
use mfa_core::wire::Summary;

/// Who is signing in, and where their token goes.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The partly signed-in person, as the site names them; the receipt repeats it.
    pub subject: String,
    /// Their number.
    pub to: E164,
    /// The policy by name; the default one when there is none.
    pub policy: Option<String>,
    /// What they are asked to confirm, where it is more than a sign-in.
    pub summary: Option<Summary>,
}

/// What an [`Identify`] returns.
pub type Identifying<'a> = Pin<Box<dyn Future<Output = Option<Identity>> + Send + 'a>>;

/// The site's own function: who sent this request? It sees the head of the request (cookies,
/// and what the site's own layers put into the extensions), never the body.
pub trait Identify: Send + Sync {
    /// The person, or nothing when the request is nobody's; that is answered 403.
    fn identify<'a>(&'a self, request: &'a Parts) -> Identifying<'a>;
}

impl<F> Identify for F
where
    F: Fn(&Parts) -> Option<Identity> + Send + Sync,
{
    fn identify<'a>(&'a self, request: &'a Parts) -> Identifying<'a> {
        Box::pin(std::future::ready(self(request)))
    }
}
