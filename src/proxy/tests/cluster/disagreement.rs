//! A Redis that is not what it seems: its clock is another one, or the connection to it is dead
//! and nobody said so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mfa_proxy::StoreChoice;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::redis::Redis;
use crate::world::World;

#[tokio::test]
async fn an_instance_whose_clock_is_not_that_of_redis_lets_nothing_through() {
    let redis = Redis::start();
    // Its clock stands at a day of 2023.
    let world = World::with(|settings| settings.store = StoreChoice::parse(&redis.url())).await;
    let visitor = world.visitor().await;
    visitor.asks("sms").await.is_problem(503, "unavailable");
    assert!(world.proxy.ready().await.is_err());
    assert_eq!(world.emulator.outbox().len(), 0);
}

/// A way to a Redis on which whatever is connected can be made to hear nothing more, though it
/// stays connected.
async fn way_to(port: u16) -> (String, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}/0", listener.local_addr().unwrap());
    let silence = Arc::new(Notify::new());
    let silenced = Arc::clone(&silence);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let silenced = Arc::clone(&silenced);
            tokio::spawn(async move {
                let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    () = silenced.notified() => std::future::pending().await,
                }
            });
        }
    });
    (url, silence)
}

#[tokio::test]
async fn a_connection_that_died_without_a_word_is_replaced() {
    let cluster = Cluster::start().await;
    let redis = Redis::start();
    let (url, silence) = way_to(redis.port()).await;
    let one = cluster.another(&[("MFA_STORE", url.as_ref())]);
    let ticket = one.ticket("ada").await;
    assert_eq!(one.sends(&ticket, Uuid::new_v4()).await.status, 200);

    silence.notify_waiters();
    let ticket = one.ticket("grace").await;
    let began = Instant::now();
    one.sends(&ticket, Uuid::new_v4()).await.is_problem(503, "unavailable");
    let key = Uuid::new_v4();
    while one.sends(&ticket, key).await.status == 503 {
        assert!(began.elapsed() < Duration::from_secs(10), "it never came back");
    }
    assert_eq!(cluster.sent(), 2);
}
