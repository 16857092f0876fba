//! What every answer of the site holds to: headers, files, and which face shows what.

#![allow(clippy::unwrap_used)]

mod visitor;

use std::fs;

use axum::http::StatusCode;
use mfa_demo::{ACCOUNTS, Demo, Options};
use mfa_proxy::Keys;
use serde_json::json;

use visitor::{Answer, Site};

fn holds_to_the_headers(path: &str, answer: &Answer) {
    let header = |name| answer.headers.get(name).map_or("", |value| value.to_str().unwrap());
    let policy = header("content-security-policy");
    for order in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval';",
        "style-src 'self';",
        "connect-src 'self';",
        "img-src 'self';",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ] {
        assert!(policy.contains(order), "{path}: {order} is not in {policy}");
    }
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("referrer-policy"), "same-origin", "{path}");
    assert_eq!(header("cache-control"), "no-store", "{path}");
}

#[tokio::test]
async fn every_page_has_the_strict_headers_and_nothing_inline() {
    let mut visitor = Site::open().await.visitor();
    let mut pages = Vec::new();
    for path in ["/", "/code", "/account", "/nothing-here"] {
        pages.push((path, visitor.opens(path).await));
    }
    pages.push(("/", visitor.posts("/", &[("username", "mara")]).await));
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    pages.push(("/code", visitor.opens("/code").await));
    let receipt = visitor.verifies(&ACCOUNTS[0], "sms").await;
    pages.push(("/code", visitor.posts("/code", &[("mfa", &receipt)]).await));
    pages.push(("/account", visitor.opens("/account").await));
    let refused = visitor.posts_with("/sign-out", &[], &[("sec-fetch-site", "cross-site")]).await;
    pages.push(("/sign-out", refused));
    for (path, answer) in &pages {
        holds_to_the_headers(path, answer);
        for inline in [" style=", "<style", "<script>", " onclick=", " onload=", "javascript:"] {
            assert!(!answer.text.contains(inline), "{path}: {inline}");
        }
    }
}

#[tokio::test]
async fn the_code_page_shows_the_number_masked_and_nowhere_in_full() {
    let mut visitor = Site::open().await.visitor();
    for account in &ACCOUNTS {
        visitor.gives_the_password(account).await;
        let page = visitor.opens("/code").await.text;
        assert!(page.contains(&format!("+1 ••• ••• {}", &account.number[8..])));
        assert!(!page.contains(&account.number[2..]), "{page}");
        assert!(!page.replace(' ', "").contains(&account.number[2..]), "{page}");
    }
}

#[tokio::test]
async fn the_phone_shows_one_persons_messages_and_no_number_of_theirs() {
    let site = Site::open().await;
    let mut tomas = site.visitor();
    tomas.gives_the_password(&ACCOUNTS[1]).await;
    tomas.gets_a_code(&ACCOUNTS[1], "sms").await;
    let mut mara = site.visitor();
    mara.gives_the_password(&ACCOUNTS[0]).await;
    let (_, token) = mara.gets_a_code(&ACCOUNTS[0], "call").await;

    let event = mara.hears("/phone/events").await;
    let delivery = event.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    let delivery: serde_json::Value = serde_json::from_str(delivery).unwrap();
    // The first event is hers: the earlier one, which was for somebody else, is not in the stream.
    assert_eq!((&delivery["token"], &delivery["channel"]), (&json!(token), &json!("call")));
    assert!(!event.contains(&ACCOUNTS[0].number[2..]), "{event}");
}

#[tokio::test]
async fn the_phone_is_told_when_the_emulator_forgets_everything() {
    let mut visitor = Site::open().await.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    visitor.gets_a_code(&ACCOUNTS[0], "sms").await;
    let first = visitor.hears("/phone/events").await;
    let seen = first.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    assert_eq!(visitor.deletes("/_emulator").await.status, StatusCode::NO_CONTENT);
    let next = visitor.hears_after("/phone/events", &seen).await;
    // A browser passes over an event without data.
    assert!(next.contains("event: reset\n") && next.contains("data: {}\n"), "{next}");
}

#[tokio::test]
async fn the_private_face_of_the_proxy_is_on_no_public_address() {
    let mut visitor = Site::open().await.visitor();
    let ticket = json!({ "subject": "mara", "to": ACCOUNTS[0].number });
    for path in ["/tickets", "/mfa/tickets", "/receipts/redeem", "/mfa/receipts/redeem"] {
        let status = visitor.calls(path, ticket.clone()).await.status;
        let absent = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
        assert!(absent.contains(&status), "{path}: {status}");
    }
}

#[tokio::test]
async fn the_package_comes_from_its_folder_and_what_is_missing_says_how_to_build_it() {
    let site = Site::open().await;
    let mut visitor = site.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    assert!(visitor.opens("/code").await.text.contains("npm run build"));
    let missing = visitor.opens("/mfa-code/define.js").await;
    assert_eq!(missing.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(missing.text.contains("npm run build"));

    fs::create_dir_all(site.dist.join("locales")).unwrap();
    fs::write(site.dist.join("define.js"), "export {};").unwrap();
    fs::write(site.dist.join("locales/de.js"), "export default {};").unwrap();
    fs::write(site.dist.join("a.wasm"), "\0asm").unwrap();
    for (path, content_type) in [
        ("/mfa-code/define.js", "text/javascript; charset=utf-8"),
        ("/mfa-code/a.wasm", "application/wasm"),
        ("/mfa-code/locales/de.js", "text/javascript; charset=utf-8"),
        ("/assets/site.css", "text/css; charset=utf-8"),
        ("/assets/mark.svg", "image/svg+xml"),
    ] {
        let answer = visitor.opens(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers["content-type"], content_type);
        assert_eq!(answer.headers["cache-control"], "no-cache");
        assert!(answer.headers.contains_key("etag"));
    }
    assert!(!visitor.opens("/code").await.text.contains("npm run build"));
    for path in [
        "/mfa-code/other.js",
        "/mfa-code/..%2fCargo.toml",
        "/mfa-code/locales",
        "/mfa-code/locales/",
        "/mfa-code/locales/xx.js",
        "/mfa-code/locales/..%2fdefine.js",
        "/mfa-code/other/de.js",
        "/assets/..%2fbase.html",
    ] {
        assert_eq!(visitor.opens(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    fs::remove_dir_all(&site.dist).unwrap();
}

#[tokio::test]
async fn a_taken_port_is_said_plainly_with_the_way_out() {
    let site = Site::open().await;
    let port = site.url.rsplit(':').next().unwrap().parse().unwrap();
    let options = Options { port, dist: site.dist, keys: Keys::generate() };
    let problem = Demo::bind(options).await.err().unwrap().to_string();
    assert_eq!(
        problem,
        format!(
            "port {port} is taken by another program; choose another, for example PORT=8080 npm start"
        )
    );
}

#[tokio::test]
async fn the_demo_stops_when_it_is_told_to_even_while_a_phone_listens() {
    let options = Options { port: 0, dist: "none".into(), keys: Keys::generate() };
    let demo = Demo::bind(options).await.unwrap();
    let (told, stop) = tokio::sync::oneshot::channel::<()>();
    let site = Site { url: demo.url().trim_end_matches('/').into(), dist: "none".into() };
    let serving = tokio::spawn(demo.serve(async { drop(stop.await) }));
    let mut visitor = site.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    visitor.gets_a_code(&ACCOUNTS[0], "sms").await;
    let _listening = visitor.listens("/phone/events").await;
    drop(told);
    serving.await.unwrap().unwrap();
}
