//! Texts as telephone numbers: what is read as one, how it is shown, and who is called.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mfa_core::E164;
use mfa_fuzz::{Face, Site};
use mfa_proxy::Mode;
use serde_json::json;

/// The countries that may be called.
const PREFIXES: [&str; 2] = ["+1", "+49"];

struct World {
    /// The backend names the number.
    tickets: Site,
    /// The visitor does.
    visitors: Site,
}

static WORLD: LazyLock<World> = LazyLock::new(|| World {
    tickets: Site::with(1, |settings| {
        settings.country_prefixes = PREFIXES.map(str::to_owned).into();
    }),
    visitors: Site::with(1, |settings| {
        settings.mode = Mode::Visitor;
        settings.country_prefixes = PREFIXES.map(str::to_owned).into();
    }),
});

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let number = E164::parse(&text).ok();
    if let Some(number) = &number {
        is_hidden(number, &text);
    }
    let may_be_called = number.is_some() && PREFIXES.iter().any(|prefix| text.starts_with(prefix));

    let World { tickets, visitors } = &*WORLD;
    let body = json!({ "subject": "ada", "to": text }).to_string();
    let answer = tickets.post(Face::Private, "/tickets", body);
    answer.is_in_order();
    let refused = if number.is_some() { "number_refused" } else { "invalid_request" };
    match answer.text("ticket") {
        Some(_) => assert!(may_be_called, "{answer:?}"),
        None => drop(answer.is_refused(&[refused])),
    }

    visitors.passes_a_day();
    let asked = visitors.asked();
    let body = json!({ "to": text }).to_string();
    let answer = visitors.post(Face::Public, "/sms", body);
    answer.is_in_order();
    if answer.status == 200 {
        assert!(may_be_called, "{answer:?}");
        assert_eq!(visitors.asked(), asked + 1);
    } else {
        answer.is_refused(&["number_refused"]);
        assert_eq!(visitors.asked(), asked);
    }
});

/// Of what follows the country code at least half is hidden.
fn is_hidden(number: &E164, text: &str) {
    assert_eq!(number.as_str(), text);
    let digits = |shown: &str| shown.bytes().filter(u8::is_ascii_digit).count();
    for shown in [number.masked(), format!("{number:?}")] {
        assert!(digits(&shown.replace("E164", "")) <= 3 + digits(text).saturating_sub(1) / 2);
        // Up to three digits may be a country code and nothing else.
        assert!(digits(text) <= 3 || !shown.contains(&text[1..]));
    }
}
