//! The code step without the element: scripts are off, blocked, or did not arrive.
//!
//! The same form, and this backend speaks to the proxy in the page's place: it starts the
//! interaction when asked to, keeps its id in the session, and verifies what was typed. The proof
//! is the same receipt. The page hands the id to the element too, should it arrive after all.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::CookieJar;
use mfa_proxy::Receipt;
use serde::Deserialize;

use crate::{
    form::Posted,
    gateway::{Channel, GatewayError},
    login::{Shared, Site},
    session::{Notice, Session, SessionId},
};

/// By which way the code is to come.
#[derive(Deserialize)]
pub(crate) struct AskForm {
    channel: Channel,
}

/// `POST /code/ask`
pub(crate) async fn ask(
    State(site): Shared,
    jar: CookieJar,
    Posted(AskForm { channel }): Posted<AskForm>,
) -> Response {
    let (id, session) = match site.half_signed_in(&jar) {
        Ok(found) => found,
        Err(elsewhere) => return elsewhere.into_response(),
    };
    let notice = match started(&site, &id, &session, channel).await {
        Ok(interaction) => {
            site.sessions.interact(&id, Some(interaction));
            Notice::CodeSent(channel)
        }
        Err(problem) => notice(&problem),
    };
    site.sessions.leave(&id, notice);
    Redirect::to("/code").into_response()
}

async fn started(
    site: &Site,
    id: &SessionId,
    session: &Session,
    channel: Channel,
) -> Result<String, GatewayError> {
    let issued = site.ticket(id, session).await?;
    site.gateway.start(&issued.ticket, channel, session.interaction.as_deref()).await
}

/// The receipt for what was typed, when there is an interaction that it can be the token of.
pub(crate) async fn verify(
    site: &Site,
    id: &SessionId,
    session: &Session,
    token: &str,
) -> Result<Receipt, Notice> {
    let (Some(interaction), false) = (&session.interaction, token.is_empty()) else {
        return Err(Notice::MissingReceipt);
    };
    match site.gateway.verify(interaction, token.trim()).await {
        Ok(verified) => match verified.receipt {
            Some(receipt) => Ok(Receipt::new(receipt)),
            None => Err(Notice::WrongCode(verified.attempts_left)),
        },
        Err(GatewayError::Refused(StatusCode::NOT_FOUND)) => {
            site.sessions.interact(id, None);
            Err(Notice::CodeClosed)
        }
        // What cannot be a token at all costs no attempt.
        Err(GatewayError::Refused(StatusCode::UNPROCESSABLE_ENTITY)) => {
            Err(Notice::WrongCode(None))
        }
        Err(problem) => Err(notice(&problem)),
    }
}

fn notice(problem: &GatewayError) -> Notice {
    tracing::warn!("the proxy was asked in the page's place: {problem}");
    match problem {
        GatewayError::Busy(seconds) => Notice::Wait(*seconds),
        GatewayError::NoAnswer(_) | GatewayError::Refused(_) => Notice::NoAnswer,
    }
}
