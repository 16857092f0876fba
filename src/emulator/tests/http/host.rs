//! A page whose own name leads to this machine gets nowhere.

use axum::{Router, routing::get};
use mfa_emulator::{Emulator, Options, router};
use tokio::net::TcpListener;

use crate::server::{SMS, Server, TO, authorization};

#[tokio::test]
async fn a_page_whose_name_leads_to_this_machine_reads_and_changes_nothing() {
    let server = Server::start().await;
    server.started(SMS, TO).await;
    // What a browser sends for such a page: to it, this is the page's own site.
    let own = [("sec-fetch-site", "same-origin"), ("origin", "http://evil.example:8790")];
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/nothing-here"),
        ("GET", "/_emulator/"),
        ("GET", "/_emulator/events"),
        ("GET", "/_emulator/outbox"),
        ("POST", "/_emulator/clock"),
        ("POST", "/_emulator/faults"),
        ("DELETE", "/_emulator"),
    ] {
        let body = r#"{"advance":600,"route":"sms","status":500}"#;
        let answer = server.send_to("evil.example:8790", method, path, &own, body).await.unwrap();
        assert_eq!(answer.status, 421, "{method} {path}");
        let said = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(said.contains("127.0.0.1") && said.contains("--allow-remote"), "{said}");
    }
    let credentials = [authorization()];
    let answer = server.send_to("evil.example", "POST", SMS, &credentials, TO).await.unwrap();
    assert_eq!(answer.status, 421);
    assert_eq!(server.emulator.outbox().len(), 1);
    assert_eq!(server.post(SMS, TO).await.status, 200, "no fault was ordered");
}

#[tokio::test]
async fn every_name_of_the_loopback_is_answered() {
    let server = Server::start().await;
    for host in ["localhost", "127.0.0.1:8790", "[::1]:8790"] {
        let answer = server.send_to(host, "GET", "/_emulator/outbox", &[], "").await.unwrap();
        answer.is(200, "[]");
    }
}

#[tokio::test]
async fn any_host_is_answered_once_that_is_allowed() {
    let server = Server::with(Options { allow_remote: true, ..Options::default() }).await;
    let answer =
        server.send_to("emulator.test", "GET", "/_emulator/outbox", &[], "").await.unwrap();
    answer.is(200, "[]");
}

#[tokio::test]
async fn inside_another_server_the_emulators_own_routes_are_guarded_and_no_others() {
    let emulator = Emulator::new(Options::default());
    let app = Router::new().route("/mine", get(async || "mine")).merge(router(emulator.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::at(listener.local_addr().unwrap(), emulator);
    tokio::spawn(axum::serve(listener, app).into_future());
    let answer = async |path| server.send_to("site.test", "GET", path, &[], "").await.unwrap();
    assert_eq!(answer("/_emulator/outbox").await.status, 421);
    answer("/mine").await.is(200, "mine");
    server.get("/_emulator/outbox").await.is(200, "[]");
}
