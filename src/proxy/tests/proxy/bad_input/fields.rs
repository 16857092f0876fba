//! Fields that are missing, of another type, too long, or full of control characters.

use mfa_proxy::Mode;
use serde_json::{Value, json};

use crate::bad_input::door::{Door, MARK};
use crate::world::{Answer, NUMBER, World};

/// What is no text.
fn other_types() -> Vec<Value> {
    vec![
        json!(7),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(true),
        json!([]),
        json!([MARK]),
        json!({}),
        json!({ "text": MARK }),
    ]
}

/// Texts that are nobody's name, number, token or ticket.
fn other_texts() -> Vec<String> {
    let mut texts = vec![MARK.repeat(1_000), format!("{MARK}\u{0}"), format!("\u{1f}{MARK}\u{7f}")];
    texts.extend(["\u{0}", "\n", "\u{85}", "\r\nset-cookie: a=b"].map(str::to_owned));
    texts
}

fn names(answer: &Answer, field: &str) {
    assert!(answer.text("detail").contains(field), "{answer:?} does not name {field}");
    repeats_nothing(answer);
}

fn repeats_nothing(answer: &Answer) {
    assert!(!answer.body.to_string().contains(MARK), "{answer:?}");
}

#[tokio::test]
async fn a_field_of_another_type_is_named_on_every_route() {
    let world = World::start().await;
    let doors = Door::all(&world).await;
    for (door, fields) in doors.iter().zip([
        &["ticket", "to", "previous"][..],
        &["ticket", "to", "previous"],
        &["token"],
        &["subject", "to", "policy"],
        &["receipt"],
        &["subject"],
    ]) {
        for field in fields {
            for value in other_types() {
                let answer = door.takes_with(&world, field, value).await;
                answer.is_problem(400, "invalid_request");
                names(&answer, &format!("`{field}`"));
            }
        }
    }
    assert_eq!(world.emulator.outbox().len(), 1);
}

#[tokio::test]
async fn a_field_that_is_missing_is_named_on_every_route() {
    let world = World::start().await;
    let doors = Door::all(&world).await;
    for (at, field, status, code) in [
        (0, "ticket", 403, "ticket_invalid"),
        (1, "ticket", 403, "ticket_invalid"),
        (2, "token", 400, "invalid_request"),
        (3, "subject", 400, "invalid_request"),
        (3, "to", 400, "invalid_request"),
        (4, "receipt", 400, "invalid_request"),
        (5, "subject", 400, "invalid_request"),
    ] {
        let door = &doors[at];
        let missing = door.takes_without(&world, field).await;
        let null = door.takes_with(&world, field, Value::Null).await;
        for answer in [missing, null] {
            answer.is_problem(status, code);
            names(&answer, &format!("`{field}` is missing"));
        }
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_meant_is_refused_on_every_route() {
    let world = World::start().await;
    let doors = Door::all(&world).await;
    for (at, field, status, code) in [
        (0, "ticket", 403, "ticket_invalid"),
        (1, "ticket", 403, "ticket_invalid"),
        (0, "previous", 400, "invalid_request"),
        (1, "previous", 400, "invalid_request"),
        (2, "token", 422, "invalid_token"),
        (3, "subject", 400, "invalid_request"),
        (3, "to", 400, "invalid_request"),
        (3, "policy", 400, "invalid_request"),
        (4, "receipt", 422, "receipt_invalid"),
        (5, "subject", 400, "invalid_request"),
    ] {
        for text in other_texts() {
            let answer = doors[at].takes_with(&world, field, json!(text)).await;
            answer.is_problem(status, code);
            repeats_nothing(&answer);
            if status == 400 {
                names(&answer, &format!("`{field}`"));
            }
        }
    }
    assert_eq!(world.emulator.outbox().len(), 1);
}

#[tokio::test]
async fn nothing_of_it_costs_an_attempt() {
    let world = World::start().await;
    let doors = Door::all(&world).await;
    let verify = &doors[2];
    for value in other_types() {
        verify.takes_with(&world, "token", value).await.is_problem(400, "invalid_request");
    }
    let others = ["12345", "1234567", "１２３４５６", "12 456"].map(str::to_owned);
    for text in other_texts().into_iter().chain(others) {
        verify.takes_with(&world, "token", json!(text)).await.is_problem(422, "invalid_token");
    }
    let answer = verify.takes(&world, "application/json", verify.good.to_string().into()).await;
    assert_eq!(answer.body["success"], true, "{answer:?}");
}

#[tokio::test]
async fn a_number_that_a_visitor_types_is_one_or_is_refused_without_a_word_of_it() {
    let world = World::with(|settings| {
        settings.mode = Mode::Visitor;
        settings.country_prefixes = vec!["+1".into()];
    })
    .await;
    for path in ["/sms", "/call"] {
        for value in other_types() {
            let answer = world.post(path, None, &json!({ "to": value })).await;
            answer.is_problem(400, "invalid_request");
            names(&answer, "`to`");
        }
        for missing in [json!({}), json!({ "to": null }), json!({ "ticket": NUMBER })] {
            let answer = world.post(path, None, &missing).await;
            answer.is_problem(400, "invalid_request");
            names(&answer, "`to` is missing");
        }
        let numbers = ["", "+", "+0", "15557788999", "+1 555 7788999", "tel:+1555"];
        let longer = ["+15557788999\u{0}", "+15557788999,+15557788998", "+1555778899912345"];
        for text in numbers.iter().chain(&longer) {
            let answer = world.post(path, None, &json!({ "to": text })).await;
            answer.is_problem(422, "number_refused");
            assert!(!answer.text("detail").contains("555"), "{answer:?}");
        }
        for text in other_texts() {
            let answer = world.post(path, None, &json!({ "to": text })).await;
            answer.is_problem(422, "number_refused");
            repeats_nothing(&answer);
        }
    }
    assert_eq!(world.emulator.outbox().len(), 0);
}

#[tokio::test]
async fn a_summary_that_could_not_be_shown_is_refused() {
    let world = World::start().await;
    let doors = Door::all(&world).await;
    let (tickets, long) = (&doors[3], MARK.repeat(20));
    for summary in [
        json!(MARK),
        json!(7),
        json!([]),
        json!({}),
        json!({ "lines": [] }),
        json!({ "title": 7 }),
        json!({ "title": long }),
        json!({ "title": format!("{MARK}\n") }),
        json!({ "title": format!("{MARK}\u{202e}") }),
        json!({ "title": "a", "lines": MARK }),
        json!({ "title": "a", "lines": [7] }),
        json!({ "title": "a", "lines": [long] }),
        json!({ "title": "a", "lines": ["\u{0}"] }),
        json!({ "title": "a", "lines": vec!["x"; 11] }),
        json!({ "title": "a", "digest": 7 }),
        json!({ "title": "a", "digest": format!("{MARK} ") }),
        json!({ "title": "a", "digest": "x".repeat(129) }),
    ] {
        let answer = tickets.takes_with(&world, "summary", summary).await;
        answer.is_problem(400, "invalid_request");
        names(&answer, "`summary`");
    }
}
