//! The private face: tickets, redemption, keys, and who may come in.

use serde_json::json;

use crate::world::{API_KEY, Answer, NUMBER, Visitor, World, json_body};

#[tokio::test]
async fn nobody_comes_in_without_the_key() {
    let world = World::start().await;
    for path in ["/tickets", "/receipts/redeem", "/subjects/unlock"] {
        for key in [
            None,
            Some(String::new()),
            Some(API_KEY.to_owned()),
            Some("Bearer ".to_owned()),
            Some(format!("Bearer {}", &API_KEY[1..])),
            Some(format!("Bearer {API_KEY}x")),
            Some(format!("Basic {API_KEY}")),
        ] {
            let mut request = world.client.post(format!("{}{path}", world.private));
            if let Some(key) = key {
                request = request.header("authorization", key);
            }
            let body = json!({ "subject": "ada", "to": NUMBER });
            let answer = Answer::of(json_body(request, &body).send().await.unwrap()).await;
            answer.is_problem(401, "unauthorized");
        }
    }
}

#[tokio::test]
async fn the_two_faces_do_not_show_through_each_other() {
    let world = World::start().await;
    world.post("/tickets", None, &json!({})).await.is_problem(404, "not_found");
    world.post("/receipts/redeem", None, &json!({})).await.is_problem(404, "not_found");
    world.to_backend("/sms", json!({})).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn what_is_to_be_confirmed_is_shown_and_its_digest_comes_back() {
    let world = World::start().await;
    let summary = json!({
        "title": "Pay €120.00 to ACME", "lines": ["Invoice 7"], "digest": "sha-256:abc",
    });
    let ticket = world
        .to_backend("/tickets", json!({ "subject": "ada", "to": NUMBER, "summary": summary }))
        .await;
    assert_eq!(ticket.body["expires_in"], 900);
    let visitor = Visitor { world: &world, ticket: ticket.text("ticket") };
    let sent = visitor.asks("sms").await;
    assert_eq!(sent.body["summary"], summary);
    let receipt = visitor.types(&sent.text("id"), &world.token()).await.text("receipt");
    let redeemed = world.redeem(&receipt).await;
    assert_eq!(redeemed.body["digest"], "sha-256:abc");
    assert_eq!(redeemed.body["nonce"], ticket.body["nonce"]);
}

#[tokio::test]
async fn a_ticket_that_cannot_be_meant_is_refused_with_its_field() {
    let world = World::start().await;
    for (body, field) in [
        (json!({}), "`to`"),
        (json!({ "to": NUMBER }), "`subject`"),
        (json!({ "subject": "", "to": NUMBER }), "`subject`"),
        (json!({ "subject": 7, "to": NUMBER }), "`subject`"),
        (json!({ "subject": "ada", "to": "555" }), "`to`"),
        (json!({ "subject": "ada", "to": NUMBER, "policy": "x" }), "`policy`"),
        (json!({ "subject": "ada", "to": NUMBER, "summary": "x" }), "`summary`"),
        (json!({ "subject": "ada", "to": NUMBER, "summary": { "title": "a\nb" } }), "`summary`"),
        (json!({ "subject": "x".repeat(256), "to": NUMBER }), "`subject`"),
    ] {
        let refused = world.to_backend("/tickets", body).await;
        refused.is_problem(400, "invalid_request");
        assert!(refused.text("detail").contains(field), "{refused:?} does not name {field}");
    }
}

#[tokio::test]
async fn a_receipt_that_is_not_ours_is_not_redeemed() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    let other = World::start().await;
    other.redeem(&receipt).await.is_problem(422, "receipt_invalid");
    let (head, rest) = receipt.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    // {"alg":"none","typ":"JWT"}
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    for forged in [
        String::new(),
        "x".to_owned(),
        format!("{head}.{body}."),
        format!("{unsigned}.{body}."),
        format!("{unsigned}.{body}.{signature}"),
        format!("{head}.{body}x.{signature}"),
        format!("{head}.{signature}.{body}"),
        "x".repeat(9_000),
        visitor.ticket.clone(),
        id,
    ] {
        world.redeem(&forged).await.is_problem(422, "receipt_invalid");
    }
    assert_eq!(world.redeem(&receipt).await.status, 200);
}

#[tokio::test]
async fn a_receipt_is_a_jwt_that_the_published_key_verifies() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ed25519_compact::{PublicKey, Signature};

    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    for face in [&world.public, &world.private] {
        let url = format!("{face}/.well-known/jwks.json");
        let keys = Answer::of(world.client.get(url).send().await.unwrap()).await;
        let key = &keys.body["keys"][0];
        assert_eq!(
            (&key["kty"], &key["crv"], &key["alg"]),
            (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"))
        );
        assert!(key["d"].is_null());
        // Checked as any other library would: by the words of RFC 7515, not by ours.
        let (message, signature) = receipt.rsplit_once('.').unwrap();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let public = PublicKey::from_slice(&decode(key["x"].as_str().unwrap())).unwrap();
        let signature = Signature::from_slice(&decode(signature)).unwrap();
        public.verify(message, &signature).unwrap();
        let (head, body) = message.split_once('.').unwrap();
        let head: serde_json::Value = serde_json::from_slice(&decode(head)).unwrap();
        assert_eq!(head, json!({ "alg": "EdDSA", "typ": "JWT", "kid": key["kid"] }));
        let body: serde_json::Value = serde_json::from_slice(&decode(body)).unwrap();
        assert_eq!(body["sub"], "ada");
        assert_eq!((&body["iss"], &body["aud"]), (&json!("mfa-proxy"), &json!("mfa-proxy")));
        assert_eq!(body["exp"].as_u64().unwrap() - body["iat"].as_u64().unwrap(), 120);
    }
}

#[tokio::test]
async fn the_backend_lets_somebody_go_on_who_had_too_many_wrong_codes() {
    let world = World::with(|settings| settings.limits.failed_in_row = 3).await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    for _ in 0..3 {
        visitor.types(&id, &world.wrong_token()).await;
    }
    world.passes(86_400);
    let visitor = world.visitor().await;
    let locked = visitor.asks("sms").await;
    assert!(locked.is_problem(429, "rate_limited").retry_after > Some(86_400), "{locked:?}");
    let counted = world.proxy.metrics_text();
    assert!(counted.contains("mfa_limit_refusals_total{limit=\"locked\"} 1\n"), "{counted}");

    // Somebody else is let go on, whether anything is known of them or not.
    for subject in ["grace", "ada"] {
        visitor.asks("sms").await.is_problem(429, "rate_limited");
        let unlocked = world.to_backend("/subjects/unlock", json!({ "subject": subject })).await;
        assert_eq!((unlocked.status, unlocked.text("subject")), (200, subject.into()));
    }
    assert_eq!(visitor.asks("sms").await.body["max_attempts"], 3);
}
