//! Forms as they were posted. What is no form of ours gets a page in plain words, since a person
//! may have to read it.

use axum::{
    Form,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use mfa_emulator::{Patience, names_this_machine};
use serde::de::DeserializeOwned;

use crate::{
    headers,
    pages::{MessagePage, page},
};

const NOT_READ: MessagePage = MessagePage {
    title: "That did not work",
    text: "The form did not arrive as this page sends it. Nothing was changed. Start again and \
           fill it in once more.",
};
const NOT_OURS: MessagePage = MessagePage {
    title: "That did not work",
    text: "This request came from another site, or in a way this page does not know. Nothing was \
           changed. Start again from the sign-in page.",
};
const NOT_HERE: MessagePage = MessagePage {
    title: "Another address",
    text: "This demo is for the machine it runs on. Open it as http://127.0.0.1 or \
           http://localhost, with the port that it told when it started.",
};

/// The fields of a form.
pub(crate) struct Posted<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let patience = Patience::of(&request).body;
        match tokio::time::timeout(patience, Form::from_request(request, state)).await {
            Ok(Ok(Form(fields))) => Ok(Self(fields)),
            Ok(Err(rejection)) => {
                tracing::info!("a form was refused with {}", rejection.into_response().status());
                Err(page(StatusCode::BAD_REQUEST, &NOT_READ))
            }
            Err(_) => {
                tracing::info!("a form did not arrive in time");
                Err(page(StatusCode::BAD_REQUEST, &NOT_READ))
            }
        }
    }
}

/// Puts a page in the place of the bare refusals of the framework.
pub(crate) async fn refused_in_plain_words(response: Response) -> Response {
    let status = response.status();
    if !matches!(status, StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED) {
        return response;
    }
    let mut plain = page(status, &NOT_OURS);
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        plain.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    plain
}

/// Lets in what names this machine as its host. The name of a page elsewhere can be made to lead
/// here, and to the browser it is then one site with this one.
pub(crate) async fn for_this_machine(request: Request) -> Result<Request, Response> {
    if names_this_machine(&request) {
        return Ok(request);
    }
    Err(headers::add(page(StatusCode::MISDIRECTED_REQUEST, &NOT_HERE)).await)
}
