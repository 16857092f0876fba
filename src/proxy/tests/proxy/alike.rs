//! What an answer gives away: whether somebody or a number is known here, it does not.
//!
//! Times are not compared: the same pages of the books are read, and the upstream is asked once,
//! for the one as for the other.

use mfa_proxy::Mode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Answer, NUMBER, Visitor, World};

const NEVER_SEEN: &str = "+15557788111";

/// The answer without what is each interaction's own.
fn without(answer: &Answer, own: &[&str]) -> Answer {
    let mut answer = answer.clone();
    let fields = answer.body.as_object_mut().unwrap();
    for name in own {
        assert!(fields.remove(*name).is_some_and(|value| value.is_string()), "no {name}");
    }
    answer
}

async fn signs_in(world: &World, sent: &Answer) {
    let path = format!("/{}/verify", sent.text("id"));
    let right = world.post(&path, None, &json!({ "token": world.token() })).await;
    world.redeem(&right.text("receipt")).await;
}

/// What a page is told from asking for a code to the last wrong one.
async fn is_told(world: &World, channel: &str, start: &Value, own: &[&str]) -> Vec<Answer> {
    let before = world.emulator.outbox().len();
    let sent = world.post(channel, Some(Uuid::new_v4()), start).await;
    assert_eq!((sent.status, world.emulator.outbox().len()), (200, before + 1), "{sent:?}");
    let mut told = vec![without(&sent, own)];
    told.push(world.post(channel, None, start).await);
    let path = format!("/{}/verify", sent.text("id"));
    for token in ["12345", &world.wrong_token(), &world.wrong_token(), &world.wrong_token(), "0"] {
        told.push(world.post(&path, None, &json!({ "token": token })).await);
    }
    told.push(world.post(channel, None, start).await);
    told
}

#[tokio::test]
async fn a_number_that_is_known_gets_the_answers_of_one_that_never_was_seen() {
    let world = World::with(|settings| {
        settings.mode = Mode::Visitor;
        settings.country_prefixes = vec!["+1".into()];
    })
    .await;
    signs_in(&world, &world.post("/sms", None, &json!({ "to": NUMBER })).await).await;
    let own = ["id", "to"];
    let known = is_told(&world, "/sms", &json!({ "to": NUMBER }), &own).await;
    let unknown = is_told(&world, "/sms", &json!({ "to": NEVER_SEEN }), &own).await;
    assert_eq!(known, unknown);
    known.last().unwrap().is_problem(429, "rate_limited");
}

#[tokio::test]
async fn a_person_who_is_known_gets_the_answers_of_one_who_never_was_seen() {
    let world = World::start().await;
    signs_in(&world, &world.visitor().await.asks("call").await).await;
    let mut told = Vec::new();
    for subject in ["ada", "eve"] {
        let body = json!({ "subject": subject, "to": NUMBER });
        let issued = world.to_backend("/tickets", body).await;
        let mut answers = vec![without(&issued, &["ticket", "nonce"])];
        let start = json!({ "ticket": issued.text("ticket") });
        answers.extend(is_told(&world, "/call", &start, &["id"]).await);
        let unlocked = world.to_backend("/subjects/unlock", json!({ "subject": subject })).await;
        answers.push(without(&unlocked, &["subject"]));
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn an_id_that_was_good_once_gets_the_answer_of_one_that_never_was() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(world.visitor().await.asks("sms").await.text("id"));
        world.passes(30);
    }
    let visitor = Visitor { world: &world, ticket: String::new() };
    let retired = visitor.types(&ids[0], &world.token()).await;
    retired.is_closed("unknown");
    for never in ["8630cc54-f6b2-45dd-b73b-cce28eb668d8", "x", &ids[0][1..]] {
        assert_eq!(visitor.types(never, &world.token()).await, retired, "{never}");
    }
}
