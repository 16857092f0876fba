//! Ids, tickets and receipts that the proxy did not make, or not for this.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::bad_input::door::{MARK, Reply, split};
use crate::world::{Answer, Visitor, World};

/// What two people carry, and what somebody carries at another site.
struct Carried {
    ticket: String,
    id: String,
    receipt: String,
}

impl Carried {
    async fn by(world: &World, subject: &str) -> Self {
        let visitor = Visitor { world, ticket: world.ticket(subject).await };
        let id = visitor.asks("sms").await.text("id");
        let receipt = visitor.types(&id, &world.token()).await.text("receipt");
        // Another interaction, still open.
        let id = visitor.asks("sms").await.text("id");
        Self { ticket: visitor.ticket, id, receipt }
    }
}

/// What is nearly the first of them.
fn forged(ours: &str, other: &str, stranger: &str) -> Vec<String> {
    let middle = ours.len() / 2;
    let changed = |at: usize| {
        let by = if &ours[at..=at] == "A" { "B" } else { "A" };
        format!("{}{by}{}", &ours[..at], &ours[at + 1..])
    };
    let all = [
        String::new(),
        MARK.to_owned(),
        "8630cc54-f6b2-45dd-b73b-cce28eb668d8".to_owned(),
        "v4.local.".to_owned(),
        "v4.local.AAAA".to_owned(),
        format!("v4.local.{}", MARK.repeat(20)),
        stranger.to_owned(),
        format!("{}{}", &ours[..middle], &other[other.len() / 2..]),
        format!("{}{}", &other[..other.len() / 2], &ours[middle..]),
        format!("{}{}", &ours[..middle], &stranger[stranger.len() / 2..]),
        format!("{ours}{other}"),
        ours[..ours.len() - 1].to_owned(),
        ours[1..].to_owned(),
        ours[..middle].to_owned(),
        format!("{ours}."),
        format!("{ours}.{MARK}"),
        format!("{ours}="),
        format!("{ours} "),
        format!(" {ours}"),
        format!("{ours}\u{0}"),
        ours.to_uppercase(),
        ours.replace("v4.local", "v4.public"),
        ours.replace("v4.local", "v3.local"),
        changed(ours.len() - 1),
        changed(middle),
        changed(12.min(middle)),
    ];
    // Of a receipt some of them are what it was.
    all.into_iter().filter(|forged| forged != ours).collect()
}

/// Every byte of it as `%xx`.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn repeats_nothing(answer: &Answer, sent: &str) {
    let body = answer.body.to_string();
    assert!(!body.contains(MARK), "{answer:?}");
    assert!(sent.len() < 20 || !body.contains(sent), "{answer:?}");
}

#[tokio::test]
async fn an_id_that_is_not_of_this_proxy_is_unknown() {
    let world = World::start().await;
    let (ada, bob) = (Carried::by(&world, "ada").await, Carried::by(&world, "bob").await);
    let stranger = Carried::by(&World::start().await, "ada").await;
    let body = json!({ "token": world.token() });
    let mut ids = forged(&ada.id, &bob.id, &stranger.id);
    ids.extend([ada.ticket, ada.receipt]);
    for id in ids.iter().filter(|id| !id.is_empty()) {
        let answer = world.post(&format!("/{}/verify", percent(id)), None, &body).await;
        answer.is_closed("unknown");
        repeats_nothing(&answer, id);
        let key = Some(Uuid::new_v4());
        world.post(&format!("/{}/verify", percent(id)), key, &body).await.is_closed("unknown");
    }
    // Nothing of it was a try, and the id itself may be written in any way that a path may.
    let own = format!("/{}/verify", percent(&bob.id));
    assert_eq!(world.post(&own, None, &body).await.body["success"], true);
}

#[tokio::test]
async fn the_id_in_a_path_is_one_segment_and_text() {
    let world = World::start().await;
    let (address, mounted) = split(&world.public);
    for (id, status, code) in [
        ("..", 404, "interaction_closed"),
        (".", 404, "interaction_closed"),
        ("%2e%2e", 404, "interaction_closed"),
        ("%2E%2E%2Fsms", 404, "interaction_closed"),
        ("%2f", 404, "interaction_closed"),
        ("%00", 404, "interaction_closed"),
        ("%0d%0aset-cookie:%20a=b", 404, "interaction_closed"),
        ("%ff%fe", 404, "interaction_closed"),
        ("%", 404, "interaction_closed"),
        ("%zz", 404, "interaction_closed"),
        ("%25%32%65", 404, "interaction_closed"),
        ("{id}", 404, "interaction_closed"),
        (";x=y", 404, "interaction_closed"),
        ("\u{2028}", 404, "interaction_closed"),
        ("", 404, "interaction_closed"),
        ("a/b", 404, "not_found"),
        ("../sms", 404, "not_found"),
        ("a?b", 404, "not_found"),
    ] {
        let said = format!(
            "POST {mounted}/{id}/verify HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: 18\r\n\r\n{{\"token\":\"123456\"}}"
        );
        Reply::to(&address, said.as_bytes()).await.is_problem(status, code);
    }
}

#[tokio::test]
async fn an_id_of_64_kb_is_refused_wherever_it_stands() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let (address, mounted) = split(&world.public);
    for (length, status) in [(11_000, 404), (60_000, 404), (65_536, 414), (1_000_000, 431)] {
        let id = "v4.local.".to_owned() + &"A".repeat(length);
        let said = format!(
            "POST {mounted}/{id}/verify HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: 18\r\n\r\n{{\"token\":\"123456\"}}"
        );
        let reply = Reply::to(&address, said.as_bytes()).await;
        if status == 404 {
            reply.is_problem(404, "interaction_closed");
        } else {
            reply.is_refused_unread(status);
        }
    }
    let id = "v4.local.".to_owned() + &"A".repeat(64_000);
    for body in [json!({ "ticket": id }), json!({ "ticket": visitor.ticket, "previous": id })] {
        world.post("/sms", None, &body).await.is_problem(413, "payload_too_large");
    }
    world.redeem(&id).await.is_problem(413, "payload_too_large");
}

#[tokio::test]
async fn a_previous_interaction_that_is_not_the_tickets_own_is_refused() {
    let world = World::start().await;
    let (ada, bob) = (Carried::by(&world, "ada").await, Carried::by(&world, "bob").await);
    let stranger = Carried::by(&World::start().await, "ada").await;
    let sent = world.emulator.outbox().len();
    let mut ids = forged(&ada.id, &bob.id, &stranger.id);
    ids.extend([bob.id, ada.ticket.clone(), ada.receipt]);
    for id in ids {
        for path in ["/sms", "/call"] {
            let body = json!({ "ticket": ada.ticket, "previous": id });
            let answer = world.post(path, None, &body).await;
            answer.is_problem(400, "invalid_request");
            assert!(answer.text("detail").contains("`previous`"), "{answer:?}");
            repeats_nothing(&answer, &id);
        }
    }
    assert_eq!(world.emulator.outbox().len(), sent);
}

#[tokio::test]
async fn a_ticket_that_is_not_of_this_proxy_is_not_valid() {
    let world = World::start().await;
    let (ada, bob) = (Carried::by(&world, "ada").await, Carried::by(&world, "bob").await);
    let stranger = Carried::by(&World::start().await, "ada").await;
    let sent = world.emulator.outbox().len();
    let mut tickets = forged(&ada.ticket, &bob.ticket, &stranger.ticket);
    tickets.extend([ada.id, ada.receipt, "x".repeat(15_000)]);
    for ticket in tickets {
        for path in ["/sms", "/call"] {
            let body: Value = json!({ "ticket": ticket, "to": "+15557788999" });
            let answer = world.post(path, None, &body).await;
            answer.is_problem(403, "ticket_invalid");
            repeats_nothing(&answer, &ticket);
        }
    }
    assert_eq!(world.emulator.outbox().len(), sent);
}

#[tokio::test]
async fn a_receipt_that_is_not_of_this_proxy_is_not_redeemed() {
    let world = World::start().await;
    let (ada, bob) = (Carried::by(&world, "ada").await, Carried::by(&world, "bob").await);
    let stranger = Carried::by(&World::start().await, "ada").await;
    let mut receipts = forged(&ada.receipt, &bob.receipt, &stranger.receipt);
    receipts.extend([ada.id, ada.ticket]);
    for receipt in receipts {
        let answer = world.redeem(&receipt).await;
        answer.is_problem(422, "receipt_invalid");
        repeats_nothing(&answer, &receipt);
    }
    assert_eq!(world.redeem(&ada.receipt).await.body["subject"], "ada");
}
