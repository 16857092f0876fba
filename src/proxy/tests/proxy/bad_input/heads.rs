//! Heads of requests that are none, or too much: refused by a status, and the next one is served.

use crate::bad_input::door::{Door, MARK, Reply, split};
use crate::world::{API_KEY, Answer, World};

const LINES: &str = "content-type: application/json\r\ncontent-length: 2\r\n";

/// Fails unless both faces still answer.
async fn both_faces_still_answer(world: &World) {
    for face in [&world.public, &world.private] {
        let url = format!("{face}/.well-known/jwks.json");
        let answer = Answer::of(world.client.get(url).send().await.unwrap()).await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn ten_thousand_headers_are_too_many_on_every_route() {
    let world = World::start().await;
    let many: String = (0..10_000).map(|at| format!("x-{at}: {MARK}\r\n")).collect();
    for door in Door::all(&world).await {
        door.hears(format!("{LINES}{many}").as_bytes(), b"{}").await.is_refused_unread(431);
    }
    both_faces_still_answer(&world).await;
}

#[tokio::test]
async fn an_enormous_header_is_too_large_on_every_route() {
    let world = World::start().await;
    let value = MARK.repeat(100_000);
    for door in Door::all(&world).await {
        for line in [format!("x-long: {value}\r\n"), format!("{value}: x\r\n")] {
            let reply = door.hears(format!("{LINES}{line}").as_bytes(), b"{}").await;
            assert!(matches!(reply.status, 400 | 431), "{reply:?}");
            reply.is_refused_unread(reply.status);
        }
    }
    both_faces_still_answer(&world).await;
}

#[tokio::test]
async fn what_is_no_head_of_a_request_is_refused_on_both_faces() {
    let world = World::start().await;
    for face in [&world.public, &world.private] {
        let (address, mounted) = split(face);
        for (said, status) in [
            (&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a greeting by TLS\r\n\r\n"[..], 400),
            (b"Zx9-mark-Zx9\r\n\r\n", 400),
            (b"GET\r\n\r\n", 400),
            (b"GET / HTTP/9.9\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nx : space\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nx: a\x00b\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nx: a\x1bb\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\n\xff: a\r\n\r\n", 400),
            (b"GET /\x00 HTTP/1.1\r\n\r\n", 400),
            (b"GET /a b HTTP/1.1\r\n\r\n", 400),
            (b"POST /sms HTTP/1.1\r\ncontent-length: -1\r\n\r\n", 400),
            (b"POST /sms HTTP/1.1\r\ncontent-length: x\r\n\r\n", 400),
            (b"POST /sms HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n\r\n", 400),
            (b"POST /sms HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}", 400),
            (b"POST /sms HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n{}", 400),
            (b"POST /sms HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
        ] {
            Reply::to(&address, said).await.is_refused_unread(status);
        }
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000));
        Reply::to(&address, long.as_bytes()).await.is_refused_unread(414);
        let method =
            format!("{} {mounted}/x HTTP/1.1\r\nconnection: close\r\n\r\n", "M".repeat(70_000));
        Reply::to(&address, method.as_bytes()).await.is_problem(404, "not_found");
        let method = "M".repeat(1_000_000);
        Reply::to(&address, method.as_bytes()).await.is_refused_unread(431);
    }
    both_faces_still_answer(&world).await;
}

#[tokio::test]
async fn two_lengths_of_one_body_end_the_connection_with_its_answer() {
    let world = World::start().await;
    let (address, mounted) = split(&world.public);
    // Whoever believes the length sees a second request in the body.
    let smuggled = format!("GET {mounted}/.well-known/jwks.json HTTP/1.1\r\nhost: a\r\n\r\n");
    let said = format!(
        "POST {mounted}/sms HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
         content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{smuggled}"
    );
    let reply = Reply::to(&address, said.as_bytes()).await;
    reply.is_problem(403, "ticket_invalid");
}

#[tokio::test]
async fn what_is_no_uuid_is_no_idempotency_key() {
    let world = World::start().await;
    let twice = "idempotency-key: 8630cc54-f6b2-45dd-b73b-cce28eb668d8\r\n".repeat(2);
    let mut lines: Vec<_> = [
        "",
        "1",
        MARK,
        "8630cc54-f6b2-45dd-b73b-cce28eb668d8x",
        "8630cc54f6b245ddb73bcce28eb668d8",
        "{8630cc54-f6b2-45dd-b73b-cce28eb668d8}",
        "urn:uuid:8630cc54-f6b2-45dd-b73b-cce28eb668d8",
        "8630cc54-f6b2-45dd-b73b-cce28eb668d8, 8630cc54-f6b2-45dd-b73b-cce28eb668d8",
        &MARK.repeat(1_000),
    ]
    .map(|key| format!("{LINES}idempotency-key: {key}\r\n").into_bytes())
    .into();
    lines.push(format!("{LINES}{twice}").into_bytes());
    lines.push([LINES.as_bytes(), b"idempotency-key: \xff\xfe\r\n"].concat());
    let doors = Door::all(&world).await;
    for door in &doors[..2] {
        for lines in &lines {
            door.hears(lines, b"{}").await.is_problem(400, "invalid_request");
        }
    }
    let verify = &doors[2];
    let body = verify.good.to_string();
    let length = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    let lines = format!("{length}idempotency-key: {MARK}\r\n");
    let reply = verify.hears(lines.as_bytes(), body.as_bytes()).await;
    reply.is_problem(400, "invalid_request");
}

#[tokio::test]
async fn a_key_of_the_backend_that_is_none_is_refused() {
    let world = World::start().await;
    let (address, _) = split(&world.private);
    for path in ["/tickets", "/receipts/redeem", "/subjects/unlock"] {
        let long = format!("authorization: Bearer {}\r\n", MARK.repeat(1_000));
        let twice = format!("authorization: {MARK}\r\nauthorization: Bearer {API_KEY}\r\n");
        for line in [
            b"authorization: Bearer \xff\xfe\r\n".to_vec(),
            b"authorization: B\r\n".to_vec(),
            b"authorization: \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\r\n".to_vec(),
            long.into_bytes(),
            twice.into_bytes(),
        ] {
            let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{LINES}");
            let said = [head.as_bytes(), &line, b"\r\n{}"].concat();
            Reply::to(&address, &said).await.is_problem(401, "unauthorized");
        }
    }
}

#[tokio::test]
async fn hops_that_are_no_addresses_name_nobody() {
    let world =
        World::with(|settings| settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()])
            .await;
    let door = &Door::all(&world).await[0];
    let hops = "1.1.1.1, ".repeat(5_000);
    for line in [
        b"x-forwarded-for: \xff\xfe\r\n".to_vec(),
        b"x-forwarded-for: ,,,,\r\n".to_vec(),
        b"x-forwarded-for: ::::::::::::, [\r\n".to_vec(),
        format!("x-forwarded-for: {hops}\r\n").into_bytes(),
    ] {
        let lines = [LINES.as_bytes(), &line].concat();
        door.hears(&lines, b"{}").await.is_problem(403, "ticket_invalid");
    }
}
