//! A Redis over TLS, with a user of its own who may do what the proxy needs, and a password.

use uuid::Uuid;

use crate::cluster::Cluster;
use crate::redis::{RIGHTS, Redis, Secured};

#[tokio::test]
async fn a_redis_over_tls_is_used_if_its_certificate_is_trusted_and_not_otherwise() {
    let cluster = Cluster::start().await;
    let Secured { redis, url, certificate } = Redis::secured();
    let store = ("MFA_STORE", url.as_ref());

    let wary = cluster.another(&[store]);
    let ticket = wary.ticket("ada").await;
    wary.sends(&ticket, Uuid::new_v4()).await.is_problem(503, "unavailable");
    assert_eq!((cluster.sent(), redis.pages().await.len()), (0, 0));

    let trusting = cluster.another(&[store, ("SSL_CERT_FILE", certificate.as_os_str())]);
    assert_eq!(trusting.sends(&ticket, Uuid::new_v4()).await.status, 200);
    assert!(!redis.pages().await.is_empty());

    let guessing = url.replace("proxy:", "proxy:not-");
    let guessing = cluster
        .another(&[("MFA_STORE", guessing.as_ref()), ("SSL_CERT_FILE", certificate.as_os_str())]);
    let ticket = guessing.ticket("grace").await;
    guessing.sends(&ticket, Uuid::new_v4()).await.is_problem(503, "unavailable");
    assert_eq!(cluster.sent(), 1);
}

#[test]
fn the_rights_that_the_document_gives_the_proxy_are_those_it_has_here() {
    let document = include_str!("../../../../docs/proxy.md");
    assert!(document.contains(&format!("{RIGHTS}\n")));
}
