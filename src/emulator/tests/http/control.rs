//! `/_emulator`, as a test in any language uses it.

use serde_json::json;

use crate::server::{CALL, SMS, Server, TO};

#[tokio::test]
async fn the_outbox_lists_what_was_delivered_newest_first() {
    let server = Server::start().await;
    let first = server.started(SMS, TO).await;
    let body = r#"{"to":"+15550001111","from":"+5554433222","message":"Code: "}"#;
    let second = server.started(CALL, body).await;
    let outbox = server.get("/_emulator/outbox").await;
    assert_eq!(outbox.headers["cache-control"], "no-store");
    assert_eq!(
        outbox.json(),
        json!([
            {
                "id": second.id,
                "channel": "call",
                "to": "+15550001111",
                "from": "+5554433222",
                "text": format!("Code: {}", second.token.as_str()),
                "token": second.token.as_str(),
                "at": second.at,
            },
            {
                "id": first.id,
                "channel": "sms",
                "to": "+15557788999",
                "from": mfa_emulator::SHARED_NUMBER,
                "text": first.text.as_str(),
                "token": first.token.as_str(),
                "at": first.at,
            },
        ])
    );
    let keys = r#"[{"id":""#;
    assert!(outbox.body.starts_with(keys), "{}", outbox.body);
}

#[tokio::test]
async fn the_outbox_of_one_phone_is_found_with_and_without_encoding() {
    let server = Server::start().await;
    server.started(SMS, TO).await;
    server.started(SMS, r#"{"to":"+15550001111"}"#).await;
    for query in ["%2B15557788999", "+15557788999", "15557788999"] {
        let outbox = server.get(&format!("/_emulator/outbox?to={query}")).await.json();
        assert_eq!(outbox.as_array().unwrap().len(), 1, "{query}");
        assert_eq!(outbox[0]["to"], "+15557788999");
    }
    server.get("/_emulator/outbox?to=+1").await.is(200, "[]");
}

#[tokio::test]
async fn the_time_of_a_delivery_is_the_wall_clocks() {
    let server = Server::start().await;
    server.control("/_emulator/clock", r#"{"advance":86400}"#).await;
    let at = server.started(SMS, TO).await.at.clone();
    let at = time::OffsetDateTime::parse(&at, &time::format_description::well_known::Rfc3339);
    let age = time::OffsetDateTime::now_utc() - at.unwrap();
    assert!(age.whole_seconds().abs() < 60, "{age}");
}

#[tokio::test]
async fn the_clock_moves_ahead_and_says_how_far() {
    let server = Server::start().await;
    let delivery = server.started(SMS, TO).await;
    server.control("/_emulator/clock", r#"{"advance":3000}"#).await.is(200, r#"{"advanced":3000}"#);
    let id = delivery.id.to_string();
    server.verify(&id, "wrong").await.is(200, r#"{"success":false}"#);
    server.control("/_emulator/clock", r#"{"advance":600}"#).await.is(200, r#"{"advanced":3600}"#);
    assert_eq!(server.verify(&id, delivery.token.as_str()).await.status, 404);
}

#[tokio::test]
async fn delete_puts_everything_back_to_the_start() {
    let server = Server::start().await;
    let delivery = server.started(SMS, TO).await;
    server.control("/_emulator/clock", r#"{"advance":600}"#).await;
    server.control("/_emulator/faults", r#"{"route":"sms","status":500}"#).await;
    assert_eq!(server.send("DELETE", "/_emulator", &[], "").await.unwrap().status, 204);
    server.get("/_emulator/outbox").await.is(200, "[]");
    assert_eq!(server.verify(&delivery.id.to_string(), "wrong").await.status, 404);
    assert_eq!(server.post(SMS, TO).await.status, 200);
    server.control("/_emulator/clock", r#"{"advance":1}"#).await.is(200, r#"{"advanced":1}"#);
}

#[tokio::test]
async fn a_bad_control_body_is_told_what_is_wrong() {
    let server = Server::start().await;
    server.control("/_emulator/clock", r#"{"advance":-5}"#).await.is(
        422,
        r#"{"error":"advance: must be a whole number from 0 to 31536000","field":"advance"}"#,
    );
    server.control("/_emulator/faults", r#"{"route":"sms","stauts":500}"#).await.is(
        422,
        r#"{"error":"stauts: is not known here; the fields are route, status, retry_after, delay_ms, drop, times","field":"stauts"}"#,
    );
    server
        .control("/_emulator/clock", "ten minutes")
        .await
        .is(400, r#"{"error":"the body must be a JSON object such as {\"advance\":60}"}"#);
}

#[tokio::test]
async fn whatever_is_refused_is_said_as_json() {
    let server = Server::start().await;
    let long = "x".repeat(70_000);
    for path in ["/_emulator/clock", "/_emulator/faults"] {
        let error = r#"{"error":"the body must not be larger than 65536 bytes"}"#;
        server.control(path, &long).await.is(413, error);
    }
    let twice = "?to=1&to=2";
    server.get(&format!("/_emulator/outbox{twice}")).await.is(400, r#"{"error":"Bad Request"}"#);
    server.get(&format!("/_emulator/events{twice}")).await.is(400, r#"{"error":"Bad Request"}"#);
    let answer = server.get("/_emulator/clock").await;
    answer.is(405, r#"{"error":"Method Not Allowed"}"#);
    assert_eq!(answer.headers["allow"], "POST");
    let foreign = [("sec-fetch-site", "cross-site")];
    let answer = server.send("POST", "/_emulator/clock", &foreign, "{}").await.unwrap();
    answer.is(403, r#"{"error":"Forbidden"}"#);
}

/// A page of another site can post to loopback without being asked; a browser marks such requests.
#[tokio::test]
async fn a_page_of_another_site_cannot_change_anything() {
    let server = Server::start().await;
    server.started(SMS, TO).await;
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    for (method, path) in [("DELETE", "/_emulator"), ("POST", "/_emulator/clock")] {
        let answer = server.send(method, path, &foreign, r#"{"advance":5}"#).await.unwrap();
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(server.emulator.outbox().len(), 1);
}
