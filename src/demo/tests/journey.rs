//! Signing in over loopback HTTP, as a browser and its widget would, and every way it is refused.

#![allow(clippy::unwrap_used)]

mod visitor;

use axum::http::{StatusCode, header};
use mfa_demo::ACCOUNTS;

use visitor::Site;

#[tokio::test]
async fn from_password_to_signed_in_by_sms_and_by_call_and_out_again() {
    let site = Site::open().await;
    for (account, channel, words) in
        [(&ACCOUNTS[0], "sms", "Text message to"), (&ACCOUNTS[1], "call", "Call to")]
    {
        let mut visitor = site.visitor();
        assert_eq!(visitor.gives_the_password(account).await.leads_to(), "/code");
        let receipt = visitor.verifies(account, channel).await;
        assert_eq!(visitor.opens("/account").await.leads_to(), "/code");
        assert_eq!(visitor.posts("/code", &[("mfa", &receipt)]).await.leads_to(), "/account");

        let page = visitor.opens("/account").await;
        assert!(page.text.contains(account.name) && page.text.contains(words), "{}", page.text);
        assert_eq!(visitor.opens("/").await.leads_to(), "/account");

        let signed_in = visitor.clone();
        assert_eq!(visitor.posts("/sign-out", &[]).await.leads_to(), "/");
        assert!(visitor.cookie.is_none());
        // Not only forgotten by the browser.
        assert_eq!(signed_in.clone().opens("/account").await.leads_to(), "/");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let site = Site::open().await;
    let mut visitor = site.visitor();
    let mut answers = Vec::new();
    for username in ["mara", "nobody"] {
        let form = [("username", username), ("password", "wrong<b>")];
        let answer = visitor.posts("/", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(visitor.cookie.is_none());
        assert!(!answer.text.contains("<b>"));
        answers.push(answer.text.replace(&format!("value=\"{username}\""), ""));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("do not match"));
}

#[tokio::test]
async fn what_is_typed_as_a_name_is_text_and_never_markup() {
    let mut visitor = Site::open().await.visitor();
    let answer = visitor.posts("/", &[("username", "\"><script>")]).await;
    assert!(!answer.text.contains("\"><script>"));
}

#[tokio::test]
async fn a_receipt_counts_once() {
    let site = Site::open().await;
    let mut visitor = site.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    let receipt = visitor.verifies(&ACCOUNTS[0], "sms").await;
    // The same browser in two tabs: both hold a session of the code step.
    let mut other = visitor.clone();
    assert_eq!(visitor.posts("/code", &[("mfa", &receipt)]).await.leads_to(), "/account");
    assert_eq!(other.posts("/code", &[("mfa", &receipt)]).await.leads_to(), "/");

    let mut again = site.visitor();
    again.gives_the_password(&ACCOUNTS[0]).await;
    assert_eq!(again.posts("/code", &[("mfa", &receipt)]).await.leads_to(), "/code");
    let page = again.opens("/code").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("expired or was used before"), "{}", page.text);
    // Said once.
    assert!(!again.opens("/code").await.text.contains("was used before"));
}

#[tokio::test]
async fn a_receipt_of_another_person_or_another_browser_signs_nobody_in() {
    let site = Site::open().await;
    let mut tomas = site.visitor();
    tomas.gives_the_password(&ACCOUNTS[1]).await;
    let theirs = tomas.verifies(&ACCOUNTS[1], "sms").await;

    let mut mara = site.visitor();
    mara.gives_the_password(&ACCOUNTS[0]).await;
    assert_eq!(mara.posts("/code", &[("mfa", &theirs)]).await.leads_to(), "/code");
    assert_eq!(mara.opens("/account").await.leads_to(), "/code");

    let mut elsewhere = site.visitor();
    elsewhere.gives_the_password(&ACCOUNTS[0]).await;
    let other_browser = elsewhere.verifies(&ACCOUNTS[0], "sms").await;
    assert_eq!(mara.posts("/code", &[("mfa", &other_browser)]).await.leads_to(), "/code");
    assert_eq!(mara.opens("/account").await.leads_to(), "/code");
}

#[tokio::test]
async fn a_form_without_a_receipt_or_with_a_made_up_one_leads_back_with_a_plain_message() {
    let mut visitor = Site::open().await.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    let long = "x".repeat(8_000);
    for (form, words) in [
        (vec![("token", "123456")], "Ask for a code"),
        (vec![("mfa", "")], "Ask for a code"),
        (vec![("mfa", "made.up.receipt")], "Ask for a new code"),
        (vec![("mfa", long.as_str())], "Ask for a new code"),
    ] {
        assert_eq!(visitor.posts("/code", &form).await.leads_to(), "/code");
        let page = visitor.opens("/code").await;
        assert!(page.text.contains(words), "{}", page.text);
    }
}

#[tokio::test]
async fn without_scripts_the_same_form_signs_in() {
    let mut visitor = Site::open().await.visitor();
    visitor.gives_the_password(&ACCOUNTS[1]).await;
    assert_eq!(visitor.posts("/code/ask", &[("channel", "call")]).await.leads_to(), "/code");
    let page = visitor.opens("/code").await;
    assert!(page.text.contains("calling you"), "{}", page.text);
    assert!(page.attribute("interaction").starts_with("v4.local."));

    visitor.posts("/code/ask", &[("channel", "sms")]).await;
    let page = visitor.opens("/code").await;
    assert!(page.text.contains("seconds before you ask"), "{}", page.text);

    for (wrong, words) in [("zzzzzzzz", "tries are left"), ("?", "not correct")] {
        assert_eq!(visitor.posts("/code", &[("token", wrong)]).await.leads_to(), "/code");
        let page = visitor.opens("/code").await.text;
        assert!(page.contains(words), "{page}");
    }
    let token = visitor.latest_token(&ACCOUNTS[1]).await;
    assert_eq!(visitor.posts("/code", &[("token", &token)]).await.leads_to(), "/account");
}

#[tokio::test]
async fn without_scripts_a_code_that_is_used_up_leads_to_a_new_one() {
    let mut visitor = Site::open().await.visitor();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    visitor.posts("/code/ask", &[("channel", "sms")]).await;
    let token = visitor.latest_token(&ACCOUNTS[0]).await;
    let wrong = if token == "000000" { "111111" } else { "000000" };
    for words in ["2 tries are left", "One try is left", "the last try", "no longer be used"] {
        visitor.posts("/code", &[("token", wrong)]).await;
        let page = visitor.opens("/code").await.text;
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!visitor.opens("/code").await.text.contains("interaction="));
}

#[tokio::test]
async fn every_step_is_a_new_session_and_a_planted_one_opens_nothing() {
    let site = Site::open().await;
    let mut visitor = site.visitor();
    visitor.cookie = Some("harbor=planted".into());
    let mut planted = visitor.clone();
    visitor.gives_the_password(&ACCOUNTS[0]).await;
    let half = visitor.clone();
    assert_ne!(half.cookie, planted.cookie);
    assert_eq!(planted.opens("/code").await.leads_to(), "/");

    let receipt = visitor.verifies(&ACCOUNTS[0], "sms").await;
    visitor.posts("/code", &[("mfa", &receipt)]).await;
    assert_ne!(visitor.cookie, half.cookie);
    assert_eq!(half.clone().opens("/account").await.leads_to(), "/");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let mut visitor = Site::open().await.visitor();
    let answer = visitor.gives_the_password(&ACCOUNTS[0]).await;
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
}

#[tokio::test]
async fn a_form_of_another_origin_is_refused() {
    let mut visitor = Site::open().await.visitor();
    for header in [("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:1")] {
        for path in ["/", "/code", "/sign-out"] {
            let answer = visitor.posts_with(path, &[], &[header]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {header:?}");
        }
    }
}

#[tokio::test]
async fn without_a_password_there_is_no_code_page_and_no_phone() {
    let mut visitor = Site::open().await.visitor();
    assert_eq!(visitor.opens("/code").await.leads_to(), "/");
    assert_eq!(visitor.opens("/account").await.leads_to(), "/");
    assert_eq!(visitor.posts("/code", &[("mfa", "x")]).await.leads_to(), "/");
    assert_eq!(visitor.opens("/phone/events").await.status, StatusCode::NO_CONTENT);
}
