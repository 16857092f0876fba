//! No log line of a whole journey holds a token, a number, a ticket, a receipt, a session or a
//! password, at the most talkative level, of whatever is in the process.

#![allow(clippy::unwrap_used)]

mod visitor;

use std::{
    io,
    sync::{Arc, Mutex},
};

use mfa_demo::ACCOUNTS;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use visitor::Site;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_line_of_a_whole_journey_holds_a_secret() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();
    let site = Site::open().await;
    let mut secrets = Vec::new();
    for (account, channel) in [(&ACCOUNTS[0], "sms"), (&ACCOUNTS[1], "call")] {
        let mut visitor = site.visitor();
        visitor.posts("/", &[("username", account.username), ("password", "wrong-secret")]).await;
        visitor.gives_the_password(account).await;
        let half = visitor.cookie.clone().unwrap();
        let ticket = visitor.opens("/code").await.attribute("ticket").to_owned();
        let (id, token) = visitor.gets_a_code(account, channel).await;
        let wrong = "0".repeat(token.len());
        visitor.calls(&format!("/mfa/{id}/verify"), json!({ "token": wrong })).await;
        let verified = visitor.calls(&format!("/mfa/{id}/verify"), json!({ "token": token })).await;
        let receipt = verified.json()["receipt"].as_str().unwrap().to_owned();
        visitor.posts("/code", &[("mfa", "made.up.receipt")]).await;
        assert_eq!(visitor.posts("/code", &[("mfa", &receipt)]).await.leads_to(), "/account");
        let signed_in = visitor.cookie.clone().unwrap();
        visitor.posts("/sign-out", &[]).await;
        secrets.extend([
            ("the number", account.number[1..].to_owned()),
            ("the password", account.password.to_owned()),
            ("the receipt", receipt),
            ("the session", half.replace("harbor=", "")),
            ("the session", signed_in.replace("harbor=", "")),
            ("the ticket", ticket),
            ("the token", token),
        ]);
    }
    secrets.push(("a wrong password", "wrong-secret".into()));
    secrets.push(("the API token", "YourAuthToken".into()));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("signed in") && log.contains("TRACE"), "nothing was logged");
    for (what, secret) in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{what} is in the log: {}", line.unwrap_or_default());
    }
}
