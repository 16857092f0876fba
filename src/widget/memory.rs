//! What outlives the page, in the browser's storage: so that a reload goes on where the visitor
//! was, and other tabs of the same sign-in keep up. Never the token, the ticket or the receipt, nor
//! anything that a number or a ticket could be found by.
//!
//! What is the same sign-in is told by the ticket (or the number, or the backend's interaction),
//! see [`SignIn`]: without any of them nothing is remembered, since the next person at this
//! browser may be another one. Where the page has no storage, all else works.

use mfa_core::flow::{Channels, Event, Flow, Instant, Interaction, Key, Memory};
use mfa_core::wire::StartAnswer;
use mfa_core::{Channel, ClosedReason, is_masked};
use wasm_bindgen::prelude::*;

use crate::attributes;
use crate::bindings::{Dict, EntryEvent, Host, own, parse_json, to_json};
use crate::clock::now;
use crate::endpoint::fresh_key;
use crate::from_js::from_js;
use crate::shell::Shell;
use crate::sign_in::SignIn;
use crate::to_js::write;

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
        let Some(sign_in) = sign_in.or_else(|| SignIn::of(&self.host)) else { return };
        let answer = self.answer.take();
        let shown =
            own(&answer, "to").ok().and_then(|to| to.as_string()).filter(|to| is_masked(to));
        self.answer.set(answer.clone());
        // It would tell nobody anything.
        if !sign_in.may_be_to(shown.as_deref()) {
            return;
        }
        let Memory { interaction, resend_at, asked, closed, verified, .. } =
            self.flow(Flow::memory);
        let word = Dict::new();
        let began = interaction.as_ref().map(|it| {
            for name in KEPT {
                word.set(name, &own(&answer, name).unwrap_or_default());
            }
            seconds(it.expires) - it.config.valid_for()
        });
        let key = self.key.take();
        let asked_with = key.as_ref().filter(|_| asked.is_some()).map(|(_, text)| text.as_str());
        let salt = fresh_key();
        let digest = sign_in.digest(&salt);
        write(
            &word,
            &[
                ("salt", salt.as_str().into()),
                ("digest", digest.as_str().into()),
                ("to", shown.as_deref().into()),
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
            ],
        );
        self.key.set(key);
        // A page that may not store does without.
        let _ = store(&place(&self.host), &to_json(&word));
    }

    /// Goes on where the page before stood; whether the code was confirmed there. Who gets a page
    /// for it all the same has a site that did not take the receipt, and needs another code.
    pub(crate) fn remember(&self) -> bool {
        let Some((memory, key)) = self.recall(&self.left()) else { return false };
        let verified = memory.verified;
        self.key.set(key.map(|text| (Key::FIRST, text)));
        self.dispatch(Event::Remembered { memory });
        verified
    }

    /// Another tab has left word; a `storage` event says where, and which.
    ///
    /// What is stored by now may be this tab's own word: a browser whose tabs are processes writes
    /// it over that of another one which it has not yet been shown.
    pub(crate) fn overhear(&self, event: &EntryEvent) {
        if event.key().as_string().as_ref() == Some(&place(&self.host)) {
            match self.recall(&event.new_value()) {
                Some((memory, _)) if memory.verified => self.dispatch(Event::Followed),
                Some((memory, _)) => drop(self.take_over(memory)),
                None => {}
            }
        }
    }

    /// Takes over a code that another tab was sent meanwhile; whether there is one. A success may
    /// be older than this page, so it is followed only when it is heard of.
    pub(crate) fn catch_up(&self) -> bool {
        match self.recall(&self.left()) {
            Some((memory, _)) if !memory.verified => self.take_over(memory),
            _ => false,
        }
    }

    fn take_over(&self, mut memory: Memory) -> bool {
        // What another tab asks for is its own to wait for.
        memory.asked = None;
        let has_code = memory.interaction.is_some();
        self.dispatch(Event::Remembered { memory });
        has_code
    }

    /// The word that is stored now.
    fn left(&self) -> JsValue {
        stored(&place(&self.host)).unwrap_or_default()
    }

    /// What a word says of this sign-in, and the key under which a token was asked for.
    fn recall(&self, word: &JsValue) -> Option<(Memory, Option<String>)> {
        let word = parse_json(word).ok()?;
        let of = |name| own(&word, name).unwrap_or_default();
        let text = |name| of(name).as_string();
        let sign_in = SignIn::of(&self.host)?;
        let digest = sign_in.digest(&text("salt")?);
        if text("digest")? != digest || !sign_in.may_be_to(text("to").as_deref()) {
            return None;
        }
        // A clock that was set back meanwhile: what was to come stays as far away as it was.
        let (now, left_at) = (now(), at(&of("at")));
        let back = left_at.0.saturating_sub(now.0);
        let when = |name| Instant(at(&of(name)).0.saturating_sub(back));
        let is_recent = now.0 < left_at.0.saturating_sub(back).saturating_add(WAITED_FOR);
        let key = text("key").filter(|_| is_recent);
        let asked = text("asked").filter(|_| key.is_some());
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
            interaction.summary = text("shown");
            interaction
        });
        if interaction.is_some() {
            self.sign_in.replace(Some(sign_in));
            self.answer.set(word.clone());
        }
        let memory = Memory {
            interaction,
            channels,
            resend_at: when("resend_at"),
            asked: asked.and_then(|name| Channel::parse(&name).ok()),
            closed: text("closed").map(|name| ClosedReason::parse(&name)),
            verified: of("verified").is_truthy(),
        };
        Some((memory, key))
    }
}

/// One place for each element of a site: what the next sign-in leaves takes it over.
fn place(host: &Host) -> String {
    let mut place = String::from("mfa-code");
    for name in ["endpoint", "name", "id"] {
        place.push(' ');
        place.push_str(&attributes::text(host, name).unwrap_or_default());
    }
    place
}

fn at(seconds: &JsValue) -> Instant {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    Instant((seconds.as_f64().unwrap_or(0.0) * 1000.0) as u64)
}

/// Until the year 2106.
fn seconds(at: Instant) -> u32 {
    u32::try_from(at.0 / 1000).unwrap_or(u32::MAX)
}
