//! New keys, round by round, while people sign in: old and new instances run side by side.

use mfa_proxy::SecretKey;
use serde_json::json;
use uuid::Uuid;

use crate::cluster::{Cluster, Instance};

/// Whatever one instance began the other goes on with, and both count as one.
async fn are_as_one(cluster: &Cluster, one: &Instance, other: &Instance, subject: &str) {
    for (one, other) in [(one, other), (other, one)] {
        let subject = format!("{subject} {}", Uuid::new_v4());
        let ticket = one.ticket(&subject).await;
        let key = Uuid::new_v4();
        let sent = other.sends(&ticket, key).await;
        assert_eq!(sent.status, 200, "{sent:?}");
        let before = cluster.sent();
        assert_eq!(one.sends(&ticket, key).await, sent, "the repeat");
        one.sends(&ticket, Uuid::new_v4()).await.is_problem(429, "rate_limited");
        assert_eq!(cluster.sent(), before);
        let (id, (right, wrong)) = (sent.text("id"), cluster.tokens());
        for (instance, left) in [(one, 2), (other, 1)] {
            let answer = instance.verifies(&id, &wrong, Uuid::new_v4()).await;
            assert_eq!(answer.body, json!({ "success": false, "attempts_left": left }));
        }
        let receipt = one.verifies(&id, &right, Uuid::new_v4()).await.text("receipt");
        assert_eq!(other.redeems(&receipt).await.status, 200);
        one.redeems(&receipt).await.is_problem(409, "receipt_used");
    }
}

#[tokio::test]
async fn keys_are_changed_in_three_rounds_and_nobody_notices() {
    let cluster = Cluster::start().await;
    let [old_sealing, old_receipt, _] = &cluster.keys;
    let [sealing, receipt] = [(); 2].map(|()| SecretKey::generate().to_base64());
    let instance = |sealing: String, receipt: String| {
        let keys = [("MFA_SEALING_KEYS", sealing.as_ref()), ("MFA_RECEIPT_KEYS", receipt.as_ref())];
        cluster.another(&keys)
    };
    let list = |first: &String, second: &String| format!("{first},{second}");
    let opens = instance(list(old_sealing, &sealing), list(old_receipt, &receipt));
    let seals = instance(list(&sealing, old_sealing), list(&receipt, old_receipt));
    let alone = instance(sealing.clone(), receipt.clone());

    are_as_one(&cluster, &cluster.instances[0], &opens, "first round").await;
    are_as_one(&cluster, &opens, &seals, "second round").await;
    are_as_one(&cluster, &seals, &alone, "third round").await;
}
