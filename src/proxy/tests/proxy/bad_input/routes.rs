//! Other routes, other methods, and other ways of writing a path.

use std::future::pending;

use mfa_proxy::{Bounds, serve};
use reqwest::Method;
use tokio::net::TcpListener;

use crate::bad_input::door::{Door, MARK, Reply, split};
use crate::world::{API_KEY, Answer, World};

/// Both faces as the program serves them, below nothing.
async fn faces(world: &World) -> [String; 2] {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public = listener.local_addr().unwrap().to_string();
    tokio::spawn(serve(listener, world.proxy.public_router(), Bounds::default(), pending()));
    [public, split(&world.private).0]
}

#[tokio::test]
async fn what_is_no_route_is_not_found() {
    let world = World::start().await;
    for face in faces(&world).await {
        for path in [
            "/",
            "/sms/",
            "/smss",
            "/SMS",
            "/%73ms",
            "//sms",
            "/./sms",
            "/x/../sms",
            "/sms%2f",
            "/x/verify/y",
            "/a/b/c",
            "/%00",
            "/tickets/",
            "/Tickets",
            "//tickets",
            "/x/../tickets",
            "/tickets%00",
            "/receipts",
            "/receipts/redeem/x",
            "/.well-known/jwks.json/..",
        ] {
            let said = format!("POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
            Reply::to(&face, said.as_bytes()).await.is_problem(404, "not_found");
        }
    }
}

#[tokio::test]
async fn another_method_is_refused_on_every_route() {
    let world = World::start().await;
    for door in Door::all(&world).await {
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let url = format!("http://{}{}", door.address, door.path);
            let request = world.client.request(method.clone(), url);
            let request = request.header("authorization", format!("Bearer {API_KEY}"));
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["allow"], "POST", "{method}");
            let answer = Answer::of(response).await;
            if method == Method::HEAD {
                assert_eq!(answer.status, 405);
            } else {
                answer.is_problem(405, "method_not_allowed");
            }
        }
    }
    for face in [&world.public, &world.private] {
        let url = format!("{face}/.well-known/jwks.json");
        let answer = Answer::of(world.client.post(url).send().await.unwrap()).await;
        answer.is_problem(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn what_is_meant_for_another_kind_of_server_is_refused_too() {
    let world = World::start().await;
    for face in faces(&world).await {
        for line in [
            format!("CONNECT {MARK}:443 HTTP/1.1"),
            "OPTIONS * HTTP/1.1".to_owned(),
            format!("GET http://{MARK}/ HTTP/1.1"),
            format!("POST http://{MARK}/{MARK} HTTP/1.1"),
            format!("GET /{MARK}?{MARK} HTTP/1.0"),
            "PRI * HTTP/1.1".to_owned(),
        ] {
            let said = format!("{line}\r\nhost: {MARK}\r\nconnection: close\r\n\r\n");
            let reply = Reply::to(&face, said.as_bytes()).await;
            reply.is_problem(404, "not_found");
        }
    }
}
