//! What comes back is no answer of the API, or a refusal in one of its two shapes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::world::World;

/// An upstream that says the same to everyone, and how often it was asked.
async fn says(reply: impl Into<String>) -> (World, Arc<AtomicUsize>) {
    let reply = reply.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut peer, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4_096];
            let _ = peer.read(&mut request).await;
            let _ = peer.write_all(reply.as_bytes()).await;
        }
    });
    (World::with(|settings| settings.upstream.base_url = url).await, asked)
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_is_an_upstream_that_failed() {
    for reply in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\n<html>hi!",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\n{\"success\":true",
        "HTTP/1.1 200 OK\r\ncontent-length: 33\r\nconnection: close\r\n\r\n\
         {\"id\":\"../../x\",\"success\":true   }",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 999999\r\nconnection: close\r\n\r\n",
        "this is not HTTP\r\n\r\n",
    ] {
        let (world, asked) = says(reply).await;
        let visitor = world.visitor().await;
        visitor.asks("sms").await.is_problem(502, "upstream_failed");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{reply}");
    }
}

#[tokio::test]
async fn no_more_than_64_kib_of_an_answer_is_read() {
    const MOST: usize = 64 * 1024;
    let answer = |length: usize| {
        let begun = r#"{"id":"8630cc54-f6b2-45dd-b73b-cce28eb668d8","success":true,"x":""#;
        let body = format!("{begun}{}\"}}", "x".repeat(length - begun.len() - 2));
        assert_eq!(body.len(), length);
        // Without its length, which could be refused by itself.
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}")
    };
    let (world, _) = says(answer(MOST)).await;
    assert_eq!(world.visitor().await.asks("sms").await.status, 200);
    for length in [MOST + 1, 20_000_000] {
        let (world, _) = says(answer(length)).await;
        world.visitor().await.asks("sms").await.is_problem(502, "upstream_failed");
    }
}

#[tokio::test]
async fn a_number_that_the_upstream_refuses_is_said_to_be_refused_in_both_shapes() {
    for (reply, code) in [
        (
            "HTTP/1.1 422 X\r\ncontent-length: 57\r\nconnection: close\r\n\r\n\
             {\"errors\":[{\"code\":\"not_routable\",\"attribute\":\"to\"}]}    ",
            "number_refused",
        ),
        (
            "HTTP/1.1 422 X\r\ncontent-length: 64\r\nconnection: close\r\n\r\n\
             {\"errors\":[{\"detail\":\"To is invalid\",\"status\":\"422\"}]}          ",
            "number_refused",
        ),
        (
            "HTTP/1.1 422 X\r\ncontent-length: 46\r\nconnection: close\r\n\r\n\
             {\"errors\":[{\"code\":\"not_voice_capable\"}]}      ",
            "channel_unavailable",
        ),
    ] {
        let (world, _) = says(reply).await;
        let visitor = world.visitor().await;
        visitor.asks("call").await.is_problem(422, code);
        // Nobody was called, so nobody waits.
        visitor.asks("sms").await.is_problem(422, code);
    }
}
