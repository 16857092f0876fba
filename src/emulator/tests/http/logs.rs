//! Logs: a whole journey at the most talkative level, and no secret in it.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;

use crate::server::{CALL, SMS, Server, TO, verify_path};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The subscriber is the whole process's: what other tests log meanwhile must be as clean.
#[tokio::test]
async fn no_log_line_holds_a_token_a_number_or_a_credential() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = Server::start().await;
    let mut tokens = Vec::new();
    for path in [SMS, CALL] {
        let body = r#"{"to":"+15557788999","from":"+5554433222","message":"Hush: "}"#;
        let delivery = server.started(path, body).await;
        let (id, token) = (delivery.id.to_string(), delivery.token.as_str());
        server.verify(&id, "wrong-answer").await;
        server.verify(&id, token).await;
        server.verify(&id, token).await;
        // A confused client puts the token where the id belongs.
        server.verify(token, token).await;
        tokens.push(token.to_owned());
    }
    server.post(SMS, r#"{"to":"15557788999","from":"+5554433222x"}"#).await;
    server.post(&verify_path("+15557788999"), TO).await;
    server.send("POST", SMS, &[("authorization", "Basic d3Jvbmc6d3Jvbmc=")], TO).await.unwrap();
    server.control("/_emulator/faults", r#"{"route":"sms","status":500}"#).await;
    server.post(SMS, TO).await;
    server.get("/_emulator/outbox?to=%2B15557788999").await;
    server.emulator.reset();

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    for said in ["delivered", "Right", "Wrong", "Used", "refused with 401", "fault", "not_e164"] {
        assert!(log.contains(said), "the log says {said:?}:\n{log}");
    }
    for secret in tokens.iter().map(String::as_str).chain([
        "5557788",
        "555443322",
        "YourAuthToken",
        "WW91clBy",
        "wrong-answer",
        "Hush",
    ]) {
        assert!(!log.contains(secret), "the log holds {secret}:\n{log}");
    }
}
