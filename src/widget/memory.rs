//! What outlives the page, in the browser's storage: so that a reload goes on where the visitor
//! was, and other tabs of the same sign-in keep up. Never the token, the ticket or the receipt.
//!
//! What is the same sign-in is told by the ticket (or the number, or the backend's interaction):
//! without any of them nothing is remembered, since the next person at this browser may be
//! another one. Where the page has no storage, all else works.

use js_sys::Object;
use mfa_core::flow::{Channels, Event, Flow, Instant, Interaction, Key, Memory};
use mfa_core::wire::StartAnswer;
use mfa_core::{Channel, ClosedReason};
use wasm_bindgen::prelude::*;

use crate::attributes::text;
use crate::bindings::{Dict, EntryEvent, Host, get, parse_json, to_json};
use crate::from_js::from_js;
use crate::shell::{Shell, now};
use crate::to_js::object;

#[wasm_bindgen]
extern "C" {
    // Each throws where the page may not have storage.
    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = getItem)]
    fn stored(place: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = setItem)]
    fn store(place: &str, value: &JsValue) -> Result<(), JsValue>;
}

/// What of an endpoint's answer is kept; where the code went only if it is masked.
const KEPT: [&str; 9] = [
    "id",
    "success",
    "channel",
    "token_length",
    "allow_alphas",
    "max_attempts",
    "valid_for",
    "channels",
    "origin_bound",
];

/// A masked number has fewer digits than this.
const DIGITS_OF_A_NUMBER: usize = 8;

/// For how long a request that nobody heard the answer of is repeated by itself, in milliseconds:
/// as long as somebody may be waiting for it.
const WAITED_FOR: u64 = 60_000;

impl Shell {
    /// Leaves word for the next page and the other tabs: what the endpoint answered, and what has
    /// become of it. Points in time are in seconds of the wall clock.
    ///
    /// Of a success in a form only once the page is left: then the site has answered the form
    /// that carried the receipt, and who follows finds a site that knows the visitor.
    pub(crate) fn leave_word(&self) {
        // A ticket that was changed meanwhile is of another sign-in.
        let sign_in = self.sign_in.borrow().clone();
        let Some(sign_in) = sign_in.or_else(|| sign_in_of(&self.host)) else { return };
        let Memory { interaction, resend_at, asked, closed, verified, .. } =
            self.flow(Flow::memory);
        let answer = self.answer.take();
        let word = Dict::new();
        let began = interaction.as_ref().map(|it| {
            let to = it.to.as_deref().is_some_and(is_masked).then_some("to");
            for name in KEPT.into_iter().chain(to) {
                word.set(name, &get(&answer, name).unwrap_or_default());
            }
            seconds(it.expires) - it.config.valid_for()
        });
        self.answer.set(answer);
        let key = self.key.take();
        let asked_with = key.as_ref().filter(|_| asked.is_some()).map(|(_, text)| text.as_str());
        let become_of_it = object(&[
            ("sign_in", sign_in.as_str().into()),
            ("at", seconds(now()).into()),
            ("began", began.into()),
            ("attempts_left", interaction.as_ref().map(|it| it.attempts_left).into()),
            // Rounded up: who asks too early is refused.
            ("resend_at", seconds(Instant(resend_at.0.saturating_add(999))).into()),
            ("asked", asked.map(Channel::as_str).into()),
            ("key", asked_with.into()),
            ("shown", interaction.as_ref().and_then(|it| it.summary.as_deref()).into()),
            ("closed", closed.map(ClosedReason::as_str).into()),
            ("verified", verified.into()),
        ]);
        self.key.set(key);
        Object::assign(&word, become_of_it.unchecked_ref());
        // A page that may not store does without.
        let _ = store(&place(&self.host), &to_json(&word));
    }

    /// Goes on where the page before stood.
    pub(crate) fn remember(&self) {
        if let Some((memory, key)) = self.recall(&self.left()) {
            self.key.set(key.map(|text| (Key::FIRST, text)));
            self.dispatch(Event::Remembered { memory });
        }
    }

    /// Another tab has left word; a `storage` event says where, and which.
    ///
    /// What is stored by now may be this tab's own word: a browser whose tabs are processes writes
    /// it over that of another one which it has not yet been shown.
    pub(crate) fn overhear(&self, event: &EntryEvent) {
        if event.key().as_string().as_ref() == Some(&place(&self.host)) {
            self.hear(&event.new_value());
        }
    }

    /// Takes over what another tab has left; whether there was a code in it.
    pub(crate) fn hear(&self, word: &JsValue) -> bool {
        let Some((mut memory, _)) = self.recall(word) else { return false };
        // What another tab asks for is its own to wait for.
        memory.asked = None;
        let (is_over, has_code) = (memory.verified, memory.interaction.is_some());
        self.dispatch(if is_over { Event::Followed } else { Event::Remembered { memory } });
        has_code
    }

    /// The word that is stored now.
    pub(crate) fn left(&self) -> JsValue {
        stored(&place(&self.host)).unwrap_or_default()
    }

    /// What a word says of this sign-in, and the key under which a token was asked for.
    fn recall(&self, word: &JsValue) -> Option<(Memory, Option<String>)> {
        let word = parse_json(word).ok()?;
        let of = |name| get(&word, name).unwrap_or_default();
        let sign_in = Some(sign_in_of(&self.host)?);
        if of("sign_in").as_string() != sign_in {
            return None;
        }
        // A clock that was set back meanwhile: what was to come stays as far away as it was.
        let (now, left_at) = (now(), at(&of("at")));
        let back = left_at.0.saturating_sub(now.0);
        let when = |name| Instant(at(&of(name)).0.saturating_sub(back));
        let is_recent = now.0 < left_at.0.saturating_sub(back).saturating_add(WAITED_FOR);
        let key = of("key").as_string().filter(|_| is_recent);
        let asked = of("asked").as_string().filter(|_| key.is_some());
        let settings = self.flow(Flow::settings);
        let mut channels = settings.channels;
        let read = from_js::<StartAnswer>(word.clone()).ok().and_then(|answer| {
            channels = answer.channels.as_deref().and_then(Channels::of).unwrap_or(channels);
            Interaction::read(answer, channels.preferred, settings, when("began")).ok()
        });
        let interaction = read.map(|mut interaction| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
            let left = of("attempts_left").as_f64().unwrap_or(1.0) as u8;
            // More than there were in the beginning cannot be left.
            interaction.attempts_left = interaction.attempts_left.min(left.max(1));
            interaction.summary = of("shown").as_string();
            interaction
        });
        if interaction.is_some() {
            self.sign_in.replace(sign_in);
            self.answer.set(word.clone());
        }
        let memory = Memory {
            interaction,
            channels,
            resend_at: when("resend_at"),
            asked: asked.and_then(|name| Channel::parse(&name).ok()),
            closed: of("closed").as_string().map(|name| ClosedReason::parse(&name)),
            verified: of("verified").is_truthy(),
        };
        Some((memory, key))
    }
}

/// Whether enough of a number is hidden.
fn is_masked(to: &str) -> bool {
    to.bytes().filter(u8::is_ascii_digit).count() < DIGITS_OF_A_NUMBER
}

/// One place for each element of a site: what the next sign-in leaves takes it over.
fn place(host: &Host) -> String {
    let mut place = String::from("mfa-code");
    for name in ["endpoint", "name", "id"] {
        place.push(' ');
        place.push_str(&text(host, name).unwrap_or_default());
    }
    place
}

/// Tells one sign-in from the next: a digest, since the ticket is not for storage.
pub(crate) fn sign_in_of(host: &Host) -> Option<String> {
    let mut known = false;
    // FNV-1a. Who can write to the storage can also read the page: nothing hangs on a collision
    // but that a person meets the masked number of another one.
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for name in ["ticket", "to", "interaction"] {
        let value = text(host, name).unwrap_or_default();
        known |= !value.is_empty();
        for byte in value.bytes().chain([b' ']) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let mut text = String::new();
    while digest > 0 {
        #[allow(clippy::cast_possible_truncation, reason = "four bits")]
        text.push(char::from(b'a' + (digest & 15) as u8));
        digest >>= 4;
    }
    known.then_some(text)
}

fn at(seconds: &JsValue) -> Instant {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    Instant((seconds.as_f64().unwrap_or(0.0) * 1000.0) as u64)
}

/// Until the year 2106.
fn seconds(at: Instant) -> u32 {
    u32::try_from(at.0 / 1000).unwrap_or(u32::MAX)
}
