//! The page's own origin, as reverse proxies pass it on.

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
