//! Ids, tickets and receipts that somebody else has made: no one of them opens anything.
//!
//! It begins with what the proxy really sealed and changes that, because bytes by chance never
//! come past the first look.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use mfa_fuzz::{Face, Sealed, Site};
use serde_json::json;

/// A text, and whom it is shown to.
#[derive(Arbitrary, Debug)]
struct Forgery<'a> {
    of: Source,
    changes: Vec<Change<'a>>,
    shown: Shown,
}

/// What the forger begins with: something of one of three people, the last of another site.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
struct Source {
    kind: Kind,
    person: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Kind {
    Id,
    Receipt,
    Ticket,
}

/// What the forger does with it.
#[derive(Arbitrary, Debug)]
enum Change<'a> {
    Append { what: &'a [u8] },
    Cut { at: i16 },
    Drop { at: i16, length: u8 },
    Flip { at: i16, bit: u8 },
    Insert { at: i16, what: &'a [u8] },
    Replace { at: i16, by: u8 },
    Splice { tail: Source, at: i16, from: i16 },
    Swap { one: i16, other: i16 },
    Whole { text: &'a [u8] },
}

impl Change<'_> {
    fn make(&self, text: &mut Vec<u8>, of: impl Fn(Source) -> Vec<u8>) {
        let length = text.len();
        let at = |at| place(length, at);
        match *self {
            Self::Append { what } => text.extend_from_slice(what),
            Self::Cut { at: end } => text.truncate(at(end)),
            Self::Drop { at: from, length: more } => {
                drop(text.drain(at(from)..(at(from) + usize::from(more)).min(length)));
            }
            Self::Flip { at: one, bit } => {
                text.get_mut(at(one)).into_iter().for_each(|byte| *byte ^= 1 << (bit % 8));
            }
            Self::Insert { at: one, what } => {
                drop(text.splice(at(one)..at(one), what.iter().copied()));
            }
            Self::Replace { at: one, by } => {
                text.get_mut(at(one)).into_iter().for_each(|byte| *byte = by);
            }
            Self::Splice { tail, at: end, from } => {
                let tail = of(tail);
                text.truncate(at(end));
                text.extend_from_slice(&tail[place(tail.len(), from)..]);
            }
            Self::Swap { one, other } if at(one).max(at(other)) < length => {
                text.swap(at(one), at(other));
            }
            Self::Swap { .. } => {}
            Self::Whole { text: whole } => *text = whole.to_vec(),
        }
    }
}

/// Somewhere in the text or at its end; counted from there if below 0.
fn place(length: usize, at: i16) -> usize {
    let from_one_side = usize::from(at.unsigned_abs()) % (length + 1);
    if at < 0 { length - from_one_side } else { from_one_side }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Shown {
    AsId,
    AsPrevious { ticket_of: u8 },
    AsReceipt,
    AsTicket,
}

struct World {
    site: Site,
    people: [Sealed; 3],
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let site = Site::open(1);
    let stranger = Site::open(101).signs_in("ada");
    let people = [site.signs_in("ada"), site.signs_in("bob"), stranger];
    World { site, people }
});

impl World {
    fn person(&self, index: u8) -> &Sealed {
        &self.people[usize::from(index) % self.people.len()]
    }

    /// Whose ticket is good: that of the other site is refused before an id is looked at.
    fn ours(&self, index: u8) -> &Sealed {
        self.person(index % 2)
    }

    fn text(&self, source: Source) -> Vec<u8> {
        let sealed = self.person(source.person);
        let text = match source.kind {
            Kind::Id => &sealed.id,
            Kind::Receipt => &sealed.receipt,
            Kind::Ticket => &sealed.ticket,
        };
        text.as_bytes().to_vec()
    }

    fn forge(&self, forgery: &Forgery<'_>) -> Vec<u8> {
        let mut text = self.text(forgery.of);
        for change in &forgery.changes {
            change.make(&mut text, |source| self.text(source));
        }
        text
    }

    /// Whether it is what was really sealed for this purpose, by this site. That may open.
    fn is_genuine(&self, text: &[u8], shown: Shown) -> bool {
        let ours = &self.people[..2];
        match shown {
            Shown::AsId => ours.iter().any(|sealed| sealed.id.as_bytes() == text),
            Shown::AsPrevious { ticket_of } => self.ours(ticket_of).id.as_bytes() == text,
            Shown::AsReceipt => ours.iter().any(|sealed| sealed.receipt.as_bytes() == text),
            Shown::AsTicket => ours.iter().any(|sealed| sealed.ticket.as_bytes() == text),
        }
    }
}

fuzz_target!(|forgery: Forgery<'_>| {
    let world = &*WORLD;
    let site = &world.site;
    let text = world.forge(&forgery);
    if world.is_genuine(&text, forgery.shown) {
        return;
    }
    let asked = site.asked();
    let said = String::from_utf8_lossy(&text).into_owned();
    let answer = match forgery.shown {
        Shown::AsId => {
            let body = json!({ "token": "123456" }).to_string();
            let answer = site.post(Face::Public, &format!("/{}/verify", segment(&text)), body);
            answer.is_refused(&["interaction_closed", "not_found"]);
            answer
        }
        Shown::AsPrevious { ticket_of } => {
            let ticket = &world.ours(ticket_of).ticket;
            let body = json!({ "ticket": ticket, "previous": said }).to_string();
            let answer = site.post(Face::Public, "/call", body);
            answer.is_refused(&["invalid_request"]);
            answer
        }
        Shown::AsReceipt => {
            assert!(!site.redeems(&said), "{forgery:?} is redeemed");
            let body = json!({ "receipt": said }).to_string();
            let answer = site.post(Face::Private, "/receipts/redeem", body);
            answer.is_refused(&["receipt_invalid"]);
            answer
        }
        Shown::AsTicket => {
            let answer = site.post(Face::Public, "/sms", json!({ "ticket": said }).to_string());
            answer.is_refused(&["ticket_invalid"]);
            answer
        }
    };
    if said.len() >= 24 {
        answer.does_not_repeat(&said);
    }
    assert_eq!(site.asked(), asked, "{forgery:?} reaches the upstream");
});

/// The text as one segment of a path.
fn segment(text: &[u8]) -> String {
    text.iter().fold(String::new(), |mut segment, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(byte.into());
        } else {
            segment.push_str(&format!("%{byte:02x}"));
        }
        segment
    })
}
