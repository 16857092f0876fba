//! Every status and body of the three routes.

use std::time::Duration;

use mfa_emulator::{Credentials, Options, SHARED_NUMBER, ValidationErrors};
use serde_json::json;

use crate::server::{CALL, SMS, Server, TO, authorization, verify_path};

const NOT_FOUND: &str = r#"{"error":"Not Found"}"#;
const UNAUTHORIZED: &str = r#"{"error":"Unauthorized"}"#;
const BAD_REQUEST: &str = r#"{"error":"Bad Request"}"#;
const RIGHT: &str = r#"{"success":true}"#;
const WRONG: &str = r#"{"success":false}"#;

#[tokio::test]
async fn a_token_can_be_verified_once() {
    let server = Server::start().await;
    let delivery = server.started(SMS, TO).await;
    let id = delivery.id.to_string();
    server.verify(&id, delivery.token.as_str()).await.is(200, RIGHT);
    server.verify(&id, delivery.token.as_str()).await.is(404, NOT_FOUND);
}

#[tokio::test]
async fn the_last_allowed_wrong_token_is_still_told_so() {
    let server = Server::start().await;
    let delivery = server.started(SMS, TO).await;
    let id = delivery.id.to_string();
    for _ in 0..3 {
        server.verify(&id, "wrong").await.is(200, WRONG);
    }
    server.verify(&id, delivery.token.as_str()).await.is(404, NOT_FOUND);
}

#[tokio::test]
async fn a_token_expires_after_its_time() {
    let server = Server::start().await;
    let delivery = server.started(CALL, TO).await;
    server.emulator.advance(Duration::from_secs(3600));
    let id = delivery.id.to_string();
    server.verify(&id, delivery.token.as_str()).await.is(404, NOT_FOUND);
}

#[tokio::test]
async fn a_token_valid_for_no_time_is_accepted_and_expired_at_once() {
    let server = Server::start().await;
    let delivery = server.started(SMS, r#"{"to":"+15557788999","valid_for":0}"#).await;
    let id = delivery.id.to_string();
    server.verify(&id, delivery.token.as_str()).await.is(404, NOT_FOUND);
}

#[tokio::test]
async fn an_id_that_is_unknown_or_no_uuid_is_not_found() {
    let server = Server::start().await;
    for id in ["00000000-0000-4000-8000-000000000000", "42", "%FF", "a%2Fb"] {
        server.verify(id, "123456").await.is(404, NOT_FOUND);
    }
}

#[tokio::test]
async fn wrong_credentials_are_unauthorized_on_every_route() {
    let server = Server::start().await;
    let verify = verify_path("00000000-0000-4000-8000-000000000000");
    for path in [SMS, CALL, &verify] {
        for headers in [
            &[][..],
            &[("authorization", "Basic d3Jvbmc6d3Jvbmc=")],
            &[("authorization", "Bearer YourAuthToken")],
        ] {
            let answer = server.send("POST", path, headers, "not even JSON").await.unwrap();
            answer.is(401, UNAUTHORIZED);
            assert_eq!(answer.headers["www-authenticate"], r#"Basic realm="SignalWire""#);
        }
    }
    assert!(server.emulator.outbox().is_empty());
}

#[tokio::test]
async fn credentials_of_ones_own_replace_the_default_ones() {
    let credentials = Credentials { project_id: "p".into(), api_token: "t".into() };
    let server = Server::with(Options { credentials, ..Options::default() }).await;
    server.post(SMS, TO).await.is(401, UNAUTHORIZED);
    let own = [("authorization", "Basic cDp0"), ("content-type", "application/json")];
    assert_eq!(server.send("POST", SMS, &own, TO).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_form_body_says_the_same_as_json() {
    let server = Server::start().await;
    let form = [("content-type", "application/x-www-form-urlencoded"), authorization()];
    let body = "to=%2B15557788999&from=%2B5554433222&message=Code%3A+&token_length=8\
                &allow_alphas=false&max_attempts=1";
    let answer = server.send("POST", SMS, &form, body).await.unwrap();
    assert_eq!(answer.status, 200);
    let delivery = server.newest();
    assert_eq!(delivery.text.as_str(), format!("Code: {}", delivery.token.as_str()));
    assert_eq!(delivery.token.as_str().len(), 8);
    let verify = verify_path(&delivery.id.to_string());
    server.send("POST", &verify, &form, "token=wrong").await.unwrap().is(200, WRONG);
    let token = format!("token={}", delivery.token.as_str());
    server.send("POST", &verify, &form, &token).await.unwrap().is(404, NOT_FOUND);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_a_bad_request() {
    let server = Server::start().await;
    for body in ["{", "[]", "to=+1", "null"] {
        server.post(SMS, body).await.is(400, BAD_REQUEST);
    }
    let text = [("content-type", "text/plain"), authorization()];
    server.send("POST", SMS, &text, TO).await.unwrap().is(400, BAD_REQUEST);
}

#[tokio::test]
async fn a_body_too_large_is_refused() {
    let server = Server::start().await;
    let body = format!(r#"{{"to":"{}"}}"#, "1".repeat(65 * 1024));
    server.post(SMS, &body).await.is(413, r#"{"error":"Payload Too Large"}"#);
}

#[tokio::test]
async fn a_validation_error_has_the_shape_documented_for_relay_rest() {
    let server = Server::start().await;
    server.post(SMS, "{}").await.is(
        422,
        r#"{"errors":[{"detail":"To can't be blank","status":"422","title":"Invalid Attribute","code":"422"}]}"#,
    );
    let answer = server.post(CALL, r#"{"to":"+15557788999","token_length":"3"}"#).await;
    let detail = "Token length must be greater than or equal to 4";
    assert_eq!(answer.json()["errors"][0]["detail"], detail);
}

#[tokio::test]
async fn a_validation_error_has_the_other_shape_by_a_switch() {
    let options = Options { validation_errors: ValidationErrors::Api, ..Options::default() };
    let server = Server::with(options).await;
    server.post(SMS, "{}").await.is(
        422,
        r#"{"errors":[{"type":"validation_error","code":"missing_required_parameter","message":"can't be blank","attribute":"to","url":"https://developer.signalwire.com/rest/overview/error-codes/#missing_required_parameter"}]}"#,
    );
}

#[tokio::test]
async fn an_own_message_by_sms_needs_an_own_number() {
    let server = Server::start().await;
    let body = r#"{"to":"+15557788999","message":"Code:"}"#;
    let answer = server.post(SMS, body).await;
    assert_eq!(answer.status, 422);
    let detail = "From can't be blank when message is not the default one";
    assert_eq!(answer.json()["errors"][0]["detail"], detail);
    assert!(server.emulator.outbox().is_empty());
    let delivery = server.started(CALL, body).await;
    assert_eq!(delivery.from.as_str(), SHARED_NUMBER);
}

#[tokio::test]
async fn a_message_must_fit_one_segment_with_its_token() {
    let server = Server::start().await;
    for (message, fits) in [
        ("a".repeat(153), true),
        ("a".repeat(154), false),
        (format!("{}€", "a".repeat(151)), true),
        (format!("{}€", "a".repeat(152)), false),
        ("я".repeat(63), true),
        ("я".repeat(64), false),
    ] {
        let body = json!({"to": "+15557788999", "from": "+5554433222", "message": message});
        let answer = server.post(SMS, &body.to_string()).await;
        assert_eq!(answer.status, if fits { 200 } else { 422 }, "{message}");
    }
    for (length, fits) in [(494, true), (495, false)] {
        let body = json!({"to": "+15557788999", "message": "я".repeat(length)});
        let answer = server.post(CALL, &body.to_string()).await;
        assert_eq!(answer.status, if fits { 200 } else { 422 }, "{length}");
    }
}

#[tokio::test]
async fn letters_are_allowed_when_asked_for() {
    let server = Server::start().await;
    let body = r#"{"to":"+15557788999","allow_alphas":"true","token_length":"20"}"#;
    let token = server.started(SMS, body).await.token.clone();
    assert_eq!(token.as_str().len(), 20);
    // A token of digits alone has a chance of (10/62)^20.
    assert!(token.as_str().bytes().any(|byte| byte.is_ascii_alphabetic()));
}

#[tokio::test]
async fn a_verify_without_a_token_spends_no_attempt() {
    let server = Server::start().await;
    let delivery = server.started(SMS, r#"{"to":"+15557788999","max_attempts":1}"#).await;
    let id = delivery.id.to_string();
    let answer = server.post(&verify_path(&id), "{}").await;
    assert_eq!(answer.json()["errors"][0]["detail"], "Token can't be blank");
    server.verify(&id, delivery.token.as_str()).await.is(200, RIGHT);
}

#[tokio::test]
async fn other_methods_and_paths_are_refused_in_json() {
    let server = Server::start().await;
    server.get(SMS).await.is(405, r#"{"error":"Method Not Allowed"}"#);
    server.get("/api/relay/rest/mfa").await.is(404, NOT_FOUND);
}
