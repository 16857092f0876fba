//! No log line of a whole journey holds a token, a number, a ticket, a receipt, a session, a password
//! or a key, at the most talkative level, of whatever is in the process: the site, the
//! proxy, the emulator and the libraries under them.

#![allow(clippy::unwrap_used)]

mod visitor;

use std::{
    io,
    sync::{Arc, Mutex},
};

use mfa_demo::{ACCOUNTS, Account, Demo, Options};
use mfa_proxy::Keys;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use visitor::{Site, Visitor};

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

/// What is secret, and what to call it when it is found.
type Secrets = Vec<(&'static str, String)>;

#[tokio::test]
async fn no_log_line_of_a_whole_journey_holds_a_secret() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();
    let keys = Keys::generate();
    let mut secrets: Secrets = vec![("the API token", "YourAuthToken".into())];
    for key in keys.sealing.iter().chain(&keys.receipt) {
        secrets.push(("a key", key.to_base64()));
    }
    let demo = Demo::bind(Options { port: 0, dist: "none".into(), keys }).await.unwrap();
    let site = Site { url: demo.url().trim_end_matches('/').into(), dist: "none".into() };
    tokio::spawn(demo.serve(std::future::pending()));

    for (account, channel) in [(&ACCOUNTS[0], "sms"), (&ACCOUNTS[1], "call")] {
        signs_in(&site, account, channel, &mut secrets).await;
        site.visitor().calls("/_emulator/clock", json!({ "advance": 600 })).await;
        has_trouble(&site, account, channel, &mut secrets).await;
    }

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    // It did listen: to the site, the proxy, the emulator and the libraries, and to every fault.
    for said in ["TRACE", "signed in", "mfa_demo", "mfa_proxy", "mfa_emulator", "hyper_util"] {
        assert!(log.contains(said), "nothing of {said} was logged");
    }
    for (what, secret) in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{what} is in the log: {}", line.unwrap_or_default());
    }
    // Secrets that no test can get hold of, such as the key of the private face.
    let long = log.lines().find(|line| words(line).any(looks_random));
    assert!(long.is_none(), "this may be a secret: {}", long.unwrap_or_default());
}

/// From the wrong password to signed in and out, with everything a person does wrong on the way.
async fn signs_in(site: &Site, account: &'static Account, channel: &str, secrets: &mut Secrets) {
    let mut visitor = site.visitor();
    visitor.posts("/", &[("username", account.username), ("password", "wrong-secret")]).await;
    visitor.gives_the_password(account).await;
    let half = visitor.cookie.clone().unwrap();
    let ticket = visitor.opens("/code").await.attribute("ticket").to_owned();
    let (id, token) = visitor.gets_a_code(account, channel).await;
    let verify = format!("/mfa/{id}/verify");
    let wrong = "0".repeat(token.len());
    visitor.calls(&verify, json!({ "token": wrong })).await;
    visitor.calls(&verify, json!({ "token": [token] })).await;
    // A confused client puts things where others belong.
    visitor.calls("/mfa/sms", json!({ "ticket": token })).await;
    visitor.calls("/mfa/sms", json!({ "ticket": account.number, "to": ticket })).await;
    let receipt = visitor.calls(&verify, json!({ "token": token })).await.json();
    let receipt = receipt["receipt"].as_str().unwrap().to_owned();
    visitor.calls(&verify, json!({ "token": token })).await;
    visitor.posts("/code", &[("mfa", "made.up.receipt")]).await;
    let other_tab = visitor.clone();
    assert_eq!(visitor.posts("/code", &[("mfa", &receipt)]).await.leads_to(), "/account");
    let signed_in = visitor.cookie.clone().unwrap();
    visitor.opens("/phone/events").await;
    visitor.posts("/sign-out", &[]).await;
    // A receipt that was redeemed before, by a session that is over and by a new one.
    other_tab.clone().posts("/code", &[("mfa", &receipt)]).await;
    visitor.gives_the_password(account).await;
    visitor.posts("/code", &[("mfa", &receipt)]).await;
    visitor.hears("/phone/events").await;
    secrets.extend([
        ("the number", account.number[1..].to_owned()),
        ("the password", account.password.to_owned()),
        ("a wrong password", "wrong-secret".into()),
        ("the receipt", receipt),
        ("the session", half.replace("harbor=", "")),
        ("the session", signed_in.replace("harbor=", "")),
        ("the ticket", ticket),
        ("the token", token),
        ("the wrong token", wrong),
    ]);
}

/// Every fault of the telephone service, while asking and while checking.
async fn has_trouble(site: &Site, account: &'static Account, channel: &str, secrets: &mut Secrets) {
    let mut visitor = site.visitor();
    visitor.gives_the_password(account).await;
    let ticket = visitor.opens("/code").await.attribute("ticket").to_owned();
    let faults = [
        json!({ "status": 500 }),
        json!({ "status": 422 }),
        json!({ "status": 401 }),
        json!({ "status": 429, "retry_after": 2 }),
        json!({ "drop": "before" }),
        json!({ "drop": "after" }),
    ];
    for fault in &faults {
        breaks(&mut visitor, channel, fault).await;
        visitor.calls(&format!("/mfa/{channel}"), json!({ "ticket": ticket })).await;
        visitor.calls("/_emulator/clock", json!({ "advance": 30 })).await;
    }
    let (id, token) = visitor.gets_a_code(account, channel).await;
    for fault in &faults {
        breaks(&mut visitor, "verify", fault).await;
        visitor.calls(&format!("/mfa/{id}/verify"), json!({ "token": token })).await;
        // Until then the proxy asks nobody.
        visitor.calls("/_emulator/clock", json!({ "advance": 2 })).await;
    }
    visitor.calls("/_emulator/clock", json!({ "advance": 600 })).await;
    visitor.calls(&format!("/mfa/{id}/verify"), json!({ "token": token })).await;
    // Without scripts the site's backend speaks to the proxy.
    visitor.posts("/code/ask", &[("channel", channel)]).await;
    let plain = visitor.latest_token(account).await;
    breaks(&mut visitor, "verify", &faults[0]).await;
    visitor.posts("/code", &[("token", &plain)]).await;
    visitor.posts("/code", &[("token", &plain)]).await;
    secrets.extend([("the ticket", ticket), ("the token", token), ("the token", plain)]);
}

async fn breaks(visitor: &mut Visitor, route: &str, fault: &Value) {
    let mut fault = fault.clone();
    fault["route"] = route.into();
    assert!(visitor.calls("/_emulator/faults", fault).await.status.is_success());
}

/// What can be a base64 text. A sealed id is one, and is no secret: it is in the address.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || "._-+/=".contains(c)))
        .filter(|word| !word.contains("v4.local.") || !word.ends_with("/verify"))
}

/// 32 random bytes are 43 characters, of every kind.
fn looks_random(word: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| word.bytes().any(|byte| kind(&byte));
    word.len() >= 40
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}
