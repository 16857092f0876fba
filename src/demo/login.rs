//! Signing in, step by step: a password, then a code, then the account.
//!
//! The proof of the second step is a receipt. It counts when the proxy takes it, when it names the
//! person whose password was right, and when it answers a ticket of this very session; anything
//! else leads back to the code step with a plain sentence.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use mfa_proxy::Receipt;
use serde::Deserialize;
use time::OffsetDateTime;
use tower_http::csrf::CsrfLayer;

use crate::{
    accounts::Account,
    assets::Package,
    form::{Posted, refused_in_plain_words},
    gateway::{Gateway, GatewayError, IssuedTicket, Redeemed},
    guesses::Guesses,
    pages::{AccountPage, CodePage, MessagePage, PasswordPage, Told, page},
    phone, plain,
    session::{Notice, Session, SessionId, Sessions, Stage},
};

const COOKIE: &str = "harbor";

/// No form of ours comes near this.
const MOST_FORM_BYTES: usize = 16 * 1024;

const WRONG_PASSWORD: &str = "That user name and password do not match. Check both and try again.";
const SESSION_OVER: &str = "Your sign-in timed out. Please start again.";
const NO_CODES: &str = "We cannot send codes just now. Please try again in a moment.";

/// What every page works with.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) gateway: Gateway,
    pub(crate) package: Package,
    pub(crate) sessions: Sessions,
    pub(crate) guesses: Guesses,
}

pub(crate) type Shared = State<Arc<Site>>;

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
struct CodeForm {
    /// The receipt: the form value of `<mfa-code name="mfa">`.
    #[serde(default)]
    mfa: String,
    /// What was typed: it says something only where the element could not check it.
    #[serde(default)]
    token: String,
}

pub(crate) fn routes(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(password_page).post(check_password))
        .route("/code", get(code_page).post(check_receipt))
        .route("/code/ask", post(plain::ask))
        .route("/account", get(account_page))
        .route("/sign-out", post(sign_out))
        .route("/phone/events", get(phone_events))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(MOST_FORM_BYTES))
        // SameSite=Lax already keeps the cookie from other sites' forms; this also holds against
        // a form on another port or subdomain, which is the same site.
        .layer(CsrfLayer::new())
        .layer(middleware::map_response(refused_in_plain_words))
        .with_state(site)
}

async fn password_page(State(site): Shared, jar: CookieJar) -> Response {
    let notice = match (site.session(&jar), jar.get(COOKIE)) {
        (Some((_, Session { stage: Stage::SignedIn { .. }, .. })), _) => {
            return Redirect::to("/account").into_response();
        }
        (None, Some(_)) => SESSION_OVER,
        (Some(_), _) | (None, None) => "",
    };
    // Told once.
    let jar = if notice.is_empty() { jar } else { jar.remove(cookie(String::new())) };
    (jar, page(StatusCode::OK, &PasswordPage::new("", notice))).into_response()
}

async fn check_password(
    State(site): Shared,
    jar: CookieJar,
    Posted(form): Posted<PasswordForm>,
) -> Response {
    let (username, now) = (form.username.trim(), Instant::now());
    // Whoever guessed too often is not told so: the answer is that of a wrong password.
    let admitted = if site.guesses.allow(username, now) {
        Account::admit(username, &form.password)
    } else {
        None
    };
    let Some(account) = admitted else {
        tracing::info!("a password was wrong, or one of too many");
        let again = PasswordPage::new(&form.username, WRONG_PASSWORD);
        return page(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    site.guesses.forget(username);
    let before = presented(&jar);
    let id = site.sessions.open(before.as_ref(), account, Stage::HalfSignedIn, now);
    tracing::info!(?account, "the password was right");
    (jar.add(cookie(id.expose().to_owned())), Redirect::to("/code")).into_response()
}

async fn code_page(State(site): Shared, jar: CookieJar) -> Response {
    let (id, session) = match site.half_signed_in(&jar) {
        Ok(found) => found,
        Err(elsewhere) => return elsewhere.into_response(),
    };
    let account = session.account;
    let missing_widget = (!site.package.is_built()).then(|| site.package.how_to_build());
    let told = site.sessions.take_notice(&id).map(Told::from);
    match site.ticket(&id, &session).await {
        Ok(issued) => {
            let ticket = issued.ticket.expose();
            let interaction = session.interaction.as_deref().unwrap_or_default();
            let open = CodePage { account, ticket, interaction, told, missing_widget };
            page(StatusCode::OK, &open)
        }
        Err(problem) => {
            tracing::error!("no ticket from the proxy: {problem}");
            let told = Some(Told::error(NO_CODES));
            let closed = CodePage { account, ticket: "", interaction: "", told, missing_widget };
            page(StatusCode::SERVICE_UNAVAILABLE, &closed)
        }
    }
}

async fn check_receipt(
    State(site): Shared,
    jar: CookieJar,
    Posted(form): Posted<CodeForm>,
) -> Response {
    let (id, session) = match site.half_signed_in(&jar) {
        Ok(found) => found,
        Err(elsewhere) => return elsewhere.into_response(),
    };
    let receipt = if form.mfa.is_empty() {
        plain::verify(&site, &id, &session, &form.token).await
    } else {
        Ok(Receipt::new(form.mfa))
    };
    let redeemed = match receipt {
        Ok(receipt) => site.redeemed(&session, &receipt).await,
        Err(notice) => Err(notice),
    };
    match redeemed {
        Ok(Redeemed { channel, verified_at, .. }) => {
            let at = OffsetDateTime::from_unix_timestamp(verified_at)
                .unwrap_or_else(|_| OffsetDateTime::now_utc());
            let stage = Stage::SignedIn { channel, at };
            let id = site.sessions.open(Some(&id), session.account, stage, Instant::now());
            tracing::info!(account = ?session.account, ?channel, "signed in");
            (jar.add(cookie(id.expose().to_owned())), Redirect::to("/account")).into_response()
        }
        Err(notice) => {
            tracing::info!(account = ?session.account, ?notice, "not signed in");
            site.sessions.leave(&id, notice);
            Redirect::to("/code").into_response()
        }
    }
}

async fn account_page(State(site): Shared, jar: CookieJar) -> Response {
    match site.session(&jar) {
        Some((_, Session { account, stage: Stage::SignedIn { channel, at }, .. })) => {
            page(StatusCode::OK, &AccountPage::new(account, channel, at))
        }
        Some((_, Session { stage: Stage::HalfSignedIn, .. })) => {
            Redirect::to("/code").into_response()
        }
        None => Redirect::to("/").into_response(),
    }
}

async fn sign_out(State(site): Shared, jar: CookieJar) -> Response {
    if let Some(id) = presented(&jar) {
        site.sessions.close(&id);
    }
    (jar.remove(cookie(String::new())), Redirect::to("/")).into_response()
}

async fn phone_events(State(site): Shared, jar: CookieJar, headers: HeaderMap) -> Response {
    match site.session(&jar) {
        Some((_, Session { account, stage: Stage::HalfSignedIn, .. })) => {
            phone::events(&site.gateway, account, &headers).await
        }
        // An event stream that gets 204 does not come back.
        Some(_) | None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn nothing_here() -> Response {
    let text = "There is no page at this address.";
    page(StatusCode::NOT_FOUND, &MessagePage { title: "Page not found", text })
}

impl Site {
    fn session(&self, jar: &CookieJar) -> Option<(SessionId, Session)> {
        let id = presented(jar)?;
        self.sessions.find(&id, Instant::now()).map(|session| (id, session))
    }

    /// The session of the code step, or the page where this browser belongs instead.
    pub(crate) fn half_signed_in(&self, jar: &CookieJar) -> Result<(SessionId, Session), Redirect> {
        match self.session(jar) {
            Some((id, session)) => match session.stage {
                Stage::HalfSignedIn => Ok((id, session)),
                Stage::SignedIn { .. } => Err(Redirect::to("/account")),
            },
            None => Err(Redirect::to("/")),
        }
    }

    /// The ticket of a sign-in, sealed when it is first needed.
    pub(crate) async fn ticket(
        &self,
        id: &SessionId,
        session: &Session,
    ) -> Result<IssuedTicket, GatewayError> {
        match &session.ticket {
            Some(issued) => Ok(issued.clone()),
            None => Ok(self.sessions.hold(id, self.gateway.ticket(session.account).await?)),
        }
    }

    async fn redeemed(&self, session: &Session, receipt: &Receipt) -> Result<Redeemed, Notice> {
        let redeemed = match self.gateway.redeem(receipt).await {
            Ok(redeemed) => redeemed,
            Err(GatewayError::NoAnswer(problem)) => {
                tracing::error!("the proxy does not redeem: {problem}");
                return Err(Notice::NoAnswer);
            }
            Err(problem @ (GatewayError::Busy(_) | GatewayError::Refused(_))) => {
                tracing::warn!("a receipt was not redeemed: {problem}");
                return Err(Notice::RefusedReceipt);
            }
        };
        if session.accepts(&redeemed) { Ok(redeemed) } else { Err(Notice::RefusedReceipt) }
    }
}

fn presented(jar: &CookieJar) -> Option<SessionId> {
    jar.get(COOKIE).map(|cookie| SessionId::presented(cookie.value()))
}

/// Without `Secure`: this site is plain HTTP on the loopback, and Safari would drop it.
fn cookie(value: String) -> Cookie<'static> {
    Cookie::build((COOKIE, value)).path("/").http_only(true).same_site(SameSite::Lax).build()
}
