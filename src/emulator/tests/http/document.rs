//! The source document's own requests and answers, verbatim, against the emulator.

use crate::server::{Answer, Server};

const REQUEST_BY_SMS: &str = include_str!("document/request-by-sms.sh");
const REQUEST_BY_CALL: &str = include_str!("document/request-by-call.sh");
const REQUEST_WITH_OPTIONS: &str = include_str!("document/request-with-options.sh");
const VERIFY: &str = include_str!("document/verify.sh");
const STARTED: &str = include_str!("document/started.json");
const VERIFIED: &str = include_str!("document/verified.json");
/// The id in the document's sample answer and in its verify request.
const SAMPLE_ID: &str = "8630cc54-f6b2-45dd-b73b-cce28eb668d8";

/// Does what curl would with the document's command line, the host replaced.
async fn curl(server: &Server, command: &str) -> Answer {
    let words = shlex::split(command).unwrap();
    let (mut method, mut url, mut headers, mut body) = ("GET", "", Vec::new(), "");
    let mut words = words.iter().map(String::as_str);
    assert_eq!(words.next(), Some("curl"));
    let mut credentials = "";
    while let Some(word) = words.next() {
        match word {
            "-X" => method = words.next().unwrap(),
            "-u" => credentials = words.next().unwrap(),
            "-H" => headers.push(words.next().unwrap().split_once(": ").unwrap()),
            "-d" => body = words.next().unwrap(),
            other => url = other,
        }
    }
    use base64::{Engine, engine::general_purpose::STANDARD};
    let authorization = format!("Basic {}", STANDARD.encode(credentials));
    headers.push(("authorization", &authorization));
    let path = url.strip_prefix("https://your-space.signalwire.com").unwrap();
    server.send(method, path, &headers, body).await.unwrap()
}

/// A sample of the document as the wire has it: compact, keys in the same order.
fn compact(sample: &str) -> String {
    sample.split_whitespace().collect()
}

#[tokio::test]
async fn a_token_requested_by_sms_arrives_with_the_standard_text() {
    let server = Server::start().await;
    let answer = curl(&server, REQUEST_BY_SMS).await;
    let delivery = server.newest();
    let id = delivery.id.to_string();
    answer.is(200, &compact(STARTED).replace(SAMPLE_ID, &id).replace("call", "sms"));
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(delivery.to.as_str(), "+15557788999");
    let token = delivery.token.as_str();
    let text = format!("Your Personal Authorization Code is: {token}");
    assert_eq!(delivery.text.as_str(), text);
    assert!(token.len() == 6 && token.bytes().all(|byte| byte.is_ascii_digit()), "six digits");
}

#[tokio::test]
async fn a_token_requested_by_call_is_answered_as_the_document_shows() {
    let server = Server::start().await;
    let answer = curl(&server, REQUEST_BY_CALL).await;
    let id = server.newest().id.to_string();
    answer.is(200, &compact(STARTED).replace(SAMPLE_ID, &id));
}

#[tokio::test]
async fn the_request_with_options_is_carried_out_but_for_its_misspelt_parameter() {
    let server = Server::start().await;
    assert!(REQUEST_WITH_OPTIONS.contains(r#""from": "+5554433222""#));
    assert!(REQUEST_WITH_OPTIONS.contains(r#""allow_alpha": true"#));
    let answer = curl(&server, REQUEST_WITH_OPTIONS).await;
    assert_eq!(answer.status, 200);
    let delivery = server.newest();
    assert_eq!(delivery.from.as_str(), "+5554433222");
    let token = delivery.token.as_str();
    assert_eq!(delivery.text.as_str(), format!("Here is your code: {token}"));
    assert_eq!(token.len(), 8);
    assert!(token.bytes().all(|byte| byte.is_ascii_digit()), "allow_alpha is no parameter");
    // "max_attempts": 4, "valid_for": 7200
    server.emulator.advance(std::time::Duration::from_secs(7190));
    for _ in 0..3 {
        server.verify(&delivery.id.to_string(), "wrong").await.is(200, r#"{"success":false}"#);
    }
    server.verify(&delivery.id.to_string(), token).await.is(200, r#"{"success":true}"#);
}

#[tokio::test]
async fn the_right_token_is_answered_as_the_document_shows() {
    let server = Server::start().await;
    curl(&server, REQUEST_BY_CALL).await;
    let delivery = server.newest();
    let command = VERIFY
        .replace(SAMPLE_ID, &delivery.id.to_string())
        .replace("<TOKEN-TO-CHECK>", delivery.token.as_str());
    curl(&server, &command).await.is(200, &compact(VERIFIED));
}

#[tokio::test]
async fn the_documents_verify_request_meets_an_id_that_nobody_has() {
    let server = Server::start().await;
    curl(&server, VERIFY).await.is(404, r#"{"error":"Not Found"}"#);
}
