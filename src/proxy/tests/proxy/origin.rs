//! The page's own origin, as reverse proxies pass it on.

use crate::log::Log;
use crate::world::World;

/// What a start request without a ticket gets that says it comes from here and goes there.
async fn status(world: &World, origin: &str, host: &str) -> u16 {
    let request = world.client.post(format!("{}/sms", world.public));
    let request = request.header("content-type", "application/json").body("{}");
    let answer = request.header("origin", origin).header("host", host).send().await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    match body["code"].as_str() {
        Some("origin_forbidden") => 403,
        Some("ticket_invalid") => 200,
        code => panic!("{code:?}"),
    }
}

#[tokio::test]
async fn a_default_port_that_a_reverse_proxy_writes_out_is_the_same_origin() {
    let world = World::start().await;
    for (origin, host) in [
        ("http://a.example", "a.example"),
        ("http://a.example", "a.example:80"),
        ("https://a.example", "a.example:443"),
        ("https://a.example:8443", "a.example:8443"),
        ("http://[::1]", "[::1]:80"),
    ] {
        assert_eq!(status(&world, origin, host).await, 200, "{origin} {host}");
    }
}

#[tokio::test]
async fn another_port_is_another_origin() {
    let world = World::start().await;
    for (origin, host) in [
        ("http://a.example", "a.example:443"),
        ("https://a.example", "a.example:80"),
        ("https://a.example", "a.example:8443"),
        ("https://a.example:8443", "a.example"),
        ("https://a.example", "b.example:443"),
        ("null", "a.example:443"),
    ] {
        assert_eq!(status(&world, origin, host).await, 403, "{origin} {host}");
    }
}

#[tokio::test]
async fn who_is_turned_away_is_told_with_what_was_compared_and_once_a_minute() {
    let (log, _guard) = Log::of_this_thread();
    let world = World::start().await;
    let told = || log.lines("a page of another origin was turned away");
    assert_eq!(status(&world, "https://a.example", "a.example:443").await, 200);
    assert_eq!(told(), 0);
    for _ in 0..3 {
        assert_eq!(status(&world, "https://a.example", "127.0.0.1:443").await, 403);
    }
    assert_eq!(told(), 1);
    let line = "origin=\"https://a.example\" host=\"127.0.0.1:443\"";
    assert!(log.text().contains(line), "{}", log.text());
    world.passes(60);
    status(&world, &format!("https://{}.example", "b".repeat(500)), "a.example").await;
    assert_eq!(told(), 2);
    assert!(!log.text().contains(&"b".repeat(100)), "{}", log.text());
}
