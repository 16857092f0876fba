//! The pages: templates of `www/`, and the words that depend on how things went.

use std::borrow::Cow;

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    accounts::{ACCOUNTS, Account},
    gateway::Channel,
    session::Notice,
};

/// The password step.
#[derive(Template)]
#[template(path = "password.html")]
pub(crate) struct PasswordPage<'a> {
    pub(crate) accounts: &'static [Account],
    pub(crate) username: &'a str,
    pub(crate) notice: &'a str,
}

/// The code step.
#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct CodePage<'a> {
    pub(crate) account: &'static Account,
    /// Empty when there is none to be had.
    pub(crate) ticket: &'a str,
    /// The one that was started without the element, for the element to go on with.
    pub(crate) interaction: &'a str,
    pub(crate) told: Option<Told>,
    /// What keeps the element from being there.
    pub(crate) missing_widget: Option<String>,
}

/// A sentence about how things went.
pub(crate) struct Told {
    pub(crate) words: Cow<'static, str>,
    pub(crate) is_error: bool,
}

/// Signed in.
#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct AccountPage {
    pub(crate) account: &'static Account,
    pub(crate) by: &'static str,
    pub(crate) at: String,
    pub(crate) at_words: String,
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct MessagePage {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

impl<'a> PasswordPage<'a> {
    pub(crate) fn new(username: &'a str, notice: &'a str) -> Self {
        Self { accounts: &ACCOUNTS, username, notice }
    }
}

impl AccountPage {
    pub(crate) fn new(account: &'static Account, channel: Channel, at: OffsetDateTime) -> Self {
        Self {
            account,
            by: match channel {
                Channel::Call => "Call",
                Channel::Sms => "Text message",
            },
            at: at.format(&Rfc3339).unwrap_or_default(),
            // What the page says until its script puts it into the reader's own words and zone.
            at_words: format!("{:02}:{:02} UTC", at.hour(), at.minute()),
        }
    }
}

impl Told {
    pub(crate) fn error(words: impl Into<Cow<'static, str>>) -> Self {
        Self { words: words.into(), is_error: true }
    }
}

impl From<Notice> for Told {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::CodeClosed => {
                Self::error("That code can no longer be used. Ask for a new one.")
            }
            Notice::CodeSent(channel) => {
                let words = match channel {
                    Channel::Call => "We are calling you with a code. Enter it below.",
                    Channel::Sms => "We sent you a code by text message. Enter it below.",
                };
                Self { words: words.into(), is_error: false }
            }
            Notice::MissingReceipt => {
                Self::error("That code could not be checked. Ask for a code first, then enter it.")
            }
            Notice::NoAnswer => Self::error(
                "Something on our side did not answer. Nothing is wrong with your code. Ask for a \
                 new one and try again.",
            ),
            Notice::RefusedReceipt => {
                Self::error("That confirmation has expired or was used before. Ask for a new code.")
            }
            Notice::Wait(Some(seconds @ 0..120)) => Self::error(format!(
                "Please wait {seconds} seconds before you ask for a code again."
            )),
            Notice::Wait(Some(seconds)) => {
                let minutes = seconds.div_ceil(60);
                Self::error(format!(
                    "Please wait {minutes} minutes before you ask for a code again."
                ))
            }
            Notice::Wait(None) => {
                Self::error("Please wait a while before you ask for a code again.")
            }
            Notice::WrongCode(left) => Self::error(match left {
                Some(0) => "That code is not correct, and it was the last try.".into(),
                Some(1) => "That code is not correct. One try is left.".into(),
                Some(left) => format!("That code is not correct. {left} tries are left."),
                None => "That code is not correct. Check it and try again.".into(),
            }),
        }
    }
}

/// A rendered page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(problem) => {
            tracing::error!("a page cannot be rendered: {problem}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
