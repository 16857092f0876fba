//! Bodies that are no request.

use std::time::Duration;

use crate::bad_input::door::{Door, MARK};
use crate::world::World;

const JSON: &str = "application/json";

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_on_every_route() {
    let world = World::start().await;
    let deep = |depth: usize| "[".repeat(depth).into_bytes();
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let said = |text: &str| text.as_bytes().to_vec();
    let bodies = [
        said(""),
        said(" "),
        said("{"),
        said(&format!("{{\"ticket\":\"{MARK}")),
        said(&format!("{{\"ticket\":\"{MARK}\"")),
        said(&format!("{{\"ticket\":\"{MARK}\"}}}}")),
        said(&format!("{{\"ticket\":\"{MARK}\"}}{{}}")),
        said(&format!("{{'ticket':'{MARK}'}}")),
        said(&format!("{{ticket:\"{MARK}\"}}")),
        said(&format!("// {MARK}\n{{}}")),
        said("{\"ticket\":\"x\",}"),
        said("{\"ticket\":NaN}"),
        said("{\"ticket\":-Infinity}"),
        said("{\"ticket\":1e999}"),
        said("{\"ticket\":01}"),
        said("{\"ticket\":\"\\ud800\"}"),
        said("{\"ticket\":\"\u{1}\"}"),
        said("\u{feff}{}"),
        said("null"),
        said("7"),
        said(&format!("\"{MARK}\"")),
        said("[]"),
        b"{\"ticket\":\"\xff\xfe\"}".to_vec(),
        b"{\"ticket\":\"\xed\xa0\x80\"}".to_vec(),
        utf_16("{}"),
        vec![0; 4_096],
        deep(8_000),
        b"{\"summary\":".iter().copied().chain(deep(8_000)).collect(),
        "{\"a\":".repeat(3_000).into_bytes(),
    ];
    for door in Door::all(&world).await {
        for body in &bodies {
            let answer = door.takes(&world, JSON, body.clone()).await;
            answer.is_problem(400, "invalid_request");
            assert!(!answer.body.to_string().contains(MARK), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_name_that_stands_twice_is_refused_on_every_route() {
    let world = World::start().await;
    for door in Door::all(&world).await {
        let good = door.good.to_string();
        let (name, value) = good.trim_matches(['{', '}']).split_once(':').unwrap();
        for twice in [
            format!("{{{name}:{value},{name}:{value}}}"),
            format!("{{{name}:{value},{name}:null}}"),
            format!("{{{name}:null,{name}:{value}}}"),
            format!("{{{name}:{value},\"summary\":{{\"title\":\"a\",\"title\":\"{MARK}\"}}}}"),
        ] {
            let answer = door.takes(&world, JSON, twice.into_bytes()).await;
            answer.is_problem(400, "invalid_request");
            assert!(answer.text("detail").starts_with("A name stands twice"), "{answer:?}");
        }
    }
    assert_eq!(world.emulator.outbox().len(), 1);
}

#[tokio::test]
async fn a_body_over_16_kib_is_refused_on_every_route() {
    let world = World::start().await;
    let long = format!("{{\"ticket\":\"{}\"}}", MARK.repeat(1_400));
    for door in Door::all(&world).await {
        for body in [long.clone(), "[".repeat(100_000), " ".repeat(16 * 1024) + "{}"] {
            let answer = door.takes(&world, JSON, body.into_bytes()).await;
            answer.is_problem(413, "payload_too_large");
            assert!(!answer.body.to_string().contains(MARK));
        }
    }
}

#[tokio::test]
async fn ten_megabytes_are_refused_on_every_route_before_they_have_all_come() {
    let world = World::start().await;
    let length: usize = 10_000_000;
    for door in Door::all(&world).await {
        let lines = format!("content-type: {JSON}\r\ncontent-length: {length}\r\n");
        let reply = door.hears(lines.as_bytes(), &vec![b' '; length]).await;
        reply.is_problem(413, "payload_too_large");

        let chunk = [b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat();
        let lines = format!("content-type: {JSON}\r\ntransfer-encoding: chunked\r\n");
        let reply = door.hears(lines.as_bytes(), &chunk.repeat(length / 0x10000)).await;
        reply.is_problem(413, "payload_too_large");
    }
}

#[tokio::test]
async fn chunks_that_are_none_are_a_body_that_broke_off() {
    let world = World::start().await;
    let lines = format!("content-type: {JSON}\r\ntransfer-encoding: chunked\r\n");
    for door in Door::all(&world).await {
        for chunks in [
            &b"Zx9-mark-Zx9\r\n{}\r\n0\r\n\r\n"[..],
            b"\r\n\r\n",
            b"-2\r\n{}\r\n0\r\n\r\n",
            b"ffffffffffffffffff\r\n{}\r\n",
            b"2\r\n{}garbage\r\n0\r\n\r\n",
            b"2\r\n{}\r\nx\r\n\r\n",
        ] {
            let reply = door.hears(lines.as_bytes(), chunks).await;
            reply.is_problem(400, "invalid_request");
        }
    }
}

#[tokio::test]
async fn a_content_type_that_is_not_json_is_refused_on_every_route() {
    let world = World::start().await;
    for door in Door::all(&world).await {
        for kind in [
            "",
            ";",
            "json",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=application/json",
            "application/jsonx",
            "application/json, text/plain",
            "text/plain; application/json",
            "application/problem+json",
            "*/*",
            MARK,
        ] {
            let answer = door.takes(&world, kind, b"{}".to_vec()).await;
            answer.is_problem(415, "unsupported_media_type");
        }
        for lines in [
            &b""[..],
            b"content-type: \xff\xfe\r\n",
            b"content-type: application/json\r\ncontent-type: text/plain\r\n",
            b"content-type: text/plain\r\ncontent-type: application/json\r\n",
        ] {
            let lines = [lines, b"content-length: 2\r\n"].concat();
            door.hears(&lines, b"{}").await.is_problem(415, "unsupported_media_type");
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_waited_for_ten_seconds_and_no_longer() {
    let world = World::with(|settings| {
        assert_eq!(settings.body_timeout, Duration::from_secs(10));
        settings.body_timeout = Duration::from_millis(50);
    })
    .await;
    let lines = format!("content-type: {JSON}\r\ncontent-length: 99\r\n");
    for door in Door::all(&world).await {
        let reply = door.hears(lines.as_bytes(), b"{").await;
        reply.is_problem(400, "invalid_request").says("The body did not arrive in time.");
    }
}
