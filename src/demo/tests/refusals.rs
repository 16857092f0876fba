//! What is not let in: other hosts, forms that are none, clients that do not go on, and guesses.

#![allow(clippy::unwrap_used)]

mod visitor;

use std::time::Duration;

use axum::http::StatusCode;
use mfa_demo::ACCOUNTS;
use mfa_emulator::Patience;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use visitor::{Answer, Site};

fn is_a_page_of_the_site(answer: &Answer, status: StatusCode, what: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{what}");
    assert!(answer.headers.contains_key("content-security-policy"), "{what}");
    assert!(answer.text.contains("Harbor") && answer.text.contains("</html>"), "{}", answer.text);
}

#[tokio::test]
async fn a_page_whose_name_leads_to_this_machine_sees_nothing_of_the_site() {
    let site = Site::open().await;
    let mut visitor = site.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    visitor.gets_a_code(&ACCOUNTS[0], "sms").await;
    for path in [
        "/",
        "/code",
        "/nothing-here",
        "/assets/site.css",
        "/mfa-code/define.js",
        "/mfa/.well-known/jwks.json",
        "/phone/events",
        "/_emulator/outbox",
    ] {
        let answer = visitor.opens_as("evil.example:8080", path).await;
        is_a_page_of_the_site(&answer, StatusCode::MISDIRECTED_REQUEST, path);
        assert!(answer.text.contains("http://127.0.0.1"), "{}", answer.text);
    }
    let own = [("host", "evil.example"), ("sec-fetch-site", "same-origin")];
    let form = [("username", "mara"), ("password", ACCOUNTS[0].password)];
    let mut theirs = site.visitor();
    let answer = theirs.posts_with("/", &form, &own).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(theirs.cookie, None);
    for host in ["localhost", "127.0.0.1:8080", "[::1]:8080"] {
        assert_eq!(visitor.opens_as(host, "/code").await.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_refused_in_plain_words_and_the_session_goes_on() {
    let mut visitor = Site::open().await.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    let long = "x".repeat(20_000);
    for (path, form) in [
        ("/", vec![("username", "mara"), ("username", "tomas")]),
        ("/", vec![("password", "a"), ("password", "b")]),
        ("/", vec![("username", &long)]),
        ("/code", vec![("mfa", ""), ("mfa", "")]),
        ("/code", vec![("token", "1"), ("token", "2")]),
        ("/code", vec![("mfa", &long)]),
        ("/code/ask", vec![("channel", "sms"), ("channel", "call")]),
        ("/code/ask", vec![("channel", "pigeon")]),
        ("/code/ask", vec![]),
    ] {
        let answer = visitor.posts(path, &form).await;
        is_a_page_of_the_site(&answer, StatusCode::BAD_REQUEST, path);
        assert!(answer.text.contains("did not arrive"), "{}", answer.text);
        assert!(!answer.text.contains("duplicate") && !answer.text.contains("pigeon"));
        let json = visitor.calls(path, serde_json::json!({ "mfa": "x" })).await;
        is_a_page_of_the_site(&json, StatusCode::BAD_REQUEST, path);
    }
    assert_eq!(visitor.opens("/code").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_of_another_site_and_a_strange_method_are_refused_in_plain_words() {
    let mut visitor = Site::open().await.visitor();
    for path in ["/", "/code", "/code/ask", "/sign-out"] {
        let answer = visitor.posts_with(path, &[], &[("sec-fetch-site", "cross-site")]).await;
        is_a_page_of_the_site(&answer, StatusCode::FORBIDDEN, path);
    }
    let answer = visitor.opens("/sign-out").await;
    is_a_page_of_the_site(&answer, StatusCode::METHOD_NOT_ALLOWED, "/sign-out");
    assert_eq!(answer.headers["allow"], "POST");
}

#[tokio::test]
async fn after_ten_wrong_passwords_the_right_one_gets_the_same_answer() {
    let site = Site::open().await;
    let mut visitor = site.visitor();
    let [mara, tomas] = &ACCOUNTS;
    let mut answers = Vec::new();
    for username in [mara.username, "nobody"] {
        for _ in 0..12 {
            let answer = visitor.posts("/", &[("username", username), ("password", "wrong")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            answers.push(answer.text.replace(&format!("value=\"{username}\""), ""));
        }
    }
    let right = visitor.gives_the_password(mara).await;
    assert_eq!(right.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.cookie, None);
    answers.push(right.text.replace("value=\"mara\"", ""));
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(visitor.gives_the_password(tomas).await.leads_to(), "/code");
}

#[tokio::test]
async fn signing_in_many_times_is_no_guessing() {
    let mut visitor = Site::open().await.visitor();
    for _ in 0..12 {
        visitor.posts("/", &[("username", "mara"), ("password", "wrong")]).await;
        assert_eq!(visitor.gives_the_password(&ACCOUNTS[0]).await.leads_to(), "/code");
    }
}

/// All that the server says until it hangs up.
async fn rest(site: &Site, said: &str) -> String {
    let mut stream = TcpStream::connect(site.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(said.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut answer));
    read.await.expect("the server hangs up").unwrap();
    answer
}

#[tokio::test]
async fn a_client_that_does_not_go_on_is_not_waited_for() {
    let (short, long) = (Duration::from_millis(100), Duration::from_secs(60));
    let site = Site::open_with(Patience { head: short, idle: short, body: long }).await;
    assert_eq!(rest(&site, "").await, "");
    assert!(!rest(&site, "GET / HTTP/1.1\r\nhost: local").await.contains("200"));
    let whole = rest(&site, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(whole.starts_with("HTTP/1.1 200 OK"), "{whole}");

    let site = Site::open_with(Patience { head: long, idle: long, body: short }).await;
    for path in ["/", "/code", "/code/ask"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 30\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\nusername=mara"
        );
        let answer = rest(&site, &head).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 ") && answer.contains("did not arrive"),
            "{answer}"
        );
    }
}
