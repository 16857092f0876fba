//! Requests of pages of another origin.

use reqwest::Method;

use crate::world::{Answer, World};

#[tokio::test]
async fn a_page_of_another_origin_may_not_call() {
    let world =
        World::with(|settings| settings.allowed_origins = vec!["https://login.example".into()])
            .await;
    let url = format!("{}/sms", world.public);
    let send = async |headers: &[(&str, &str)]| {
        let mut request =
            world.client.post(&url).header("content-type", "application/json").body("{}");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    };
    for headers in [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://sub.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        send(headers).await.is_problem(403, "origin_forbidden");
    }
    for headers in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://login.example")],
        &[],
    ] {
        // Past the border, to the next question: where is the ticket?
        send(headers).await.is_problem(403, "ticket_invalid");
    }
}

#[tokio::test]
async fn only_a_configured_origin_is_told_that_it_may() {
    let world =
        World::with(|settings| settings.allowed_origins = vec!["https://login.example".into()])
            .await;
    for (origin, allowed) in [("https://login.example", true), ("https://evil.example", false)] {
        let request = world
            .client
            .request(Method::OPTIONS, format!("{}/sms", world.public))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,idempotency-key");
        let response = request.send().await.unwrap();
        let told = response.headers().get("access-control-allow-origin");
        assert_eq!(told.is_some_and(|told| told == origin), allowed, "{origin}");
    }
}
