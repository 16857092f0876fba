//! No connection to the upstream comes about: nothing is sent, so nothing is charged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mfa_proxy::Keys;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::log::Log;
use crate::world::{Visitor, World};

/// An address where nobody listens yet, and nobody else can.
fn nobody() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

/// A world whose proxy calls that address, and one with the same keys that calls its emulator.
async fn worlds(nowhere: String) -> (World, World) {
    let keys = Keys::generate();
    let working = World::with(|settings| settings.keys = keys.clone()).await;
    let cut_off = World::with(|settings| {
        settings.keys = keys;
        settings.upstream.base_url = nowhere;
    })
    .await;
    (cut_off, working)
}

#[tokio::test]
async fn an_upstream_that_is_not_there_costs_nothing() {
    let (log, _listening) = Log::of_this_thread();
    let (socket, nowhere) = nobody();
    let (cut_off, working) = worlds(nowhere).await;
    let id = working.visitor().await.asks("sms").await.text("id");
    let (token, wrong) = (working.token(), working.wrong_token());
    let visitor = cut_off.visitor().await;
    let (start, verify) = (Some(Uuid::new_v4()), Some(Uuid::new_v4()));
    for _ in 0..2 {
        let refused = visitor.asks_with("sms", None, start).await;
        assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(5));
        let refused = visitor.types_with(&id, &wrong, verify).await;
        assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(5));
    }
    assert_eq!(log.lines("no connection to the upstream"), 4, "{}", log.text());
    // The fifth opens the breaker.
    visitor.types_with(&id, &wrong, verify).await.is_problem(503, "unavailable");
    assert_eq!(log.lines("SIGNALWIRE DOES NOT ANSWER"), 1, "{}", log.text());

    // It comes up, and nobody has to do anything: the same requests are now carried out.
    let upstream = mfa_emulator::router(working.emulator.clone());
    let listener = socket.listen(9).unwrap();
    let serving = tokio::spawn(mfa_emulator::serve(listener, upstream, std::future::pending()));
    cut_off.passes(10);
    let tried = visitor.types_with(&id, &wrong, verify).await;
    assert_eq!(tried.body, json!({ "success": false, "attempts_left": 2 }));
    assert_eq!(visitor.types(&id, &token).await.body["success"], true);
    let sent = visitor.asks_with("sms", None, start).await;
    assert_eq!((sent.status, working.emulator.outbox().len()), (200, 2), "{sent:?}");
    assert_eq!(visitor.asks_with("sms", None, start).await, sent);
    assert_eq!(working.emulator.outbox().len(), 2);
    serving.abort();
}

/// An upstream over TLS whose certificate nobody has reason to trust; how often somebody came,
/// and how often they said anything once there was TLS.
async fn untrusted() -> (String, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let issued = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (came, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (Arc::clone(&came), Arc::clone(&asked));
    tokio::spawn(async move {
        while let Ok((peer, _)) = listener.accept().await {
            counts.0.fetch_add(1, Ordering::SeqCst);
            let Ok(mut stream) = acceptor.accept(peer).await else { continue };
            if stream.read(&mut [0]).await.is_ok_and(|read| read > 0) {
                counts.1.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (url, came, asked)
}

#[tokio::test]
async fn an_upstream_whose_certificate_is_not_trusted_is_told_nothing() {
    let (log, _listening) = Log::of_this_thread();
    let (url, came, asked) = untrusted().await;
    let (cut_off, working) = worlds(url).await;
    let id = working.visitor().await.asks("sms").await.text("id");
    let visitor: Visitor<'_> = cut_off.visitor().await;
    let (start, verify) = (Some(Uuid::new_v4()), Uuid::new_v4());
    // No cooldown: the same may be asked for at once.
    for _ in 0..2 {
        let refused = visitor.asks_with("sms", None, start).await;
        assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(5));
    }
    assert_eq!((came.load(Ordering::SeqCst), asked.load(Ordering::SeqCst)), (2, 0));
    assert_eq!(log.lines("no TLS with the upstream"), 2, "{}", log.text());
    assert!(log.text().contains("does not trust who issued its certificate"), "{}", log.text());
    // More often than there are attempts, and none is gone.
    for pause in [0, 0, 0, 10, 10, 10] {
        cut_off.passes(pause);
        let refused = visitor.types_with(&id, "000000", Some(verify)).await;
        refused.is_problem(503, "unavailable");
    }
    assert_eq!((came.load(Ordering::SeqCst), asked.load(Ordering::SeqCst)), (8, 0));
    assert_eq!(cut_off.emulator.outbox().len() + working.emulator.outbox().len(), 1);
}
