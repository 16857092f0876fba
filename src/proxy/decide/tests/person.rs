//! One person at one proxy, and an upstream that knows its tokens: what the decisions' tests tell
//! their stories with.

use mfa_core::Channel;
use mfa_core::wire::{StartAnswer, VerifyAnswer};

use super::{NOW, rules, rules_with, ticket_for};
use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::decide::answer::{Answer, Refusal};
use crate::decide::books::Books;
use crate::decide::outcome::{SendOutcome, VerifyOutcome};
use crate::decide::start::{PendingStart, Send, Wish};
use crate::decide::verify::{Ask, VerifyStep};

/// An upstream that knows the tokens it sent, as the source document describes it.
#[derive(Clone, Default)]
pub(super) struct KnownTokens {
    pub(super) sent: Vec<(String, u8, u8)>,
    pub(super) asked: u32,
}

impl KnownTokens {
    fn send(&mut self, send: &Send) -> SendOutcome {
        let upstream_id = format!("upstream-{}", self.sent.len());
        self.sent.push((upstream_id.clone(), send.max_attempts, 0));
        SendOutcome::Sent { upstream_id }
    }

    /// The right token of the n-th interaction is `1000` and n in two digits.
    fn verify(&mut self, ask: &Ask) -> VerifyOutcome {
        self.asked += 1;
        let at = self.sent.iter().position(|(id, ..)| *id == ask.upstream_id).unwrap();
        let (_, most, used) = &mut self.sent[at];
        if *used == *most {
            return VerifyOutcome::Gone;
        }
        *used += 1;
        if ask.token.as_str() == right(at) {
            *used = *most;
            VerifyOutcome::Right
        } else {
            VerifyOutcome::Wrong
        }
    }
}

/// The token of the n-th interaction.
pub(super) fn right(n: usize) -> String {
    format!("1000{n:02}")
}

/// One person at one proxy.
pub(super) struct Person {
    pub(super) rules: Rules,
    pub(super) books: Books,
    pub(super) upstream: KnownTokens,
    pub(super) now: UnixTime,
    names: u128,
}

impl Person {
    pub(super) fn new() -> Self {
        let rules = rules_with(|settings| settings.ticket_valid_for = 86_400);
        let books = Books::new(&rules.settings.limits);
        Self { rules, books, upstream: KnownTokens::default(), now: NOW, names: 0 }
    }

    /// The same person again, for a try that is not to count.
    pub(super) fn as_it_is(&self) -> Self {
        let Self { books, upstream, now, names, .. } = self;
        let (books, upstream) = (books.clone(), upstream.clone());
        Self { rules: rules(), books, upstream, now: *now, names: *names }
    }

    fn entropy(&mut self) -> [u8; 16] {
        self.names += 1;
        self.names.to_le_bytes()
    }

    pub(super) fn begin(
        &mut self,
        previous: Option<&str>,
    ) -> Result<(Send, PendingStart), Refusal> {
        let ticket = self.rules.issue_ticket(ticket_for("ada"), [9; 16], self.now).unwrap();
        let caller = self.rules.open_ticket(ticket.ticket.expose(), self.now)?;
        let address = "192.0.2.1".parse().unwrap();
        let wish = Wish { caller, channel: Channel::Sms, previous, address };
        let entropy = self.entropy();
        let begun = self.rules.begin_start(&mut self.books, wish, entropy, self.now)?;
        Ok((begun.0, begun.2))
    }

    pub(super) fn starts(&mut self, previous: Option<&str>) -> Result<StartAnswer, Refusal> {
        let (send, pending) = self.begin(previous)?;
        let outcome = self.upstream.send(&send);
        match self.rules.finish_start(&mut self.books, pending, outcome, self.now).answer {
            Answer::Started(answer) => Ok(*answer),
            Answer::Refused(_) | Answer::Verified(_) => panic!("a start sends"),
        }
    }

    pub(super) fn tries(&mut self, id: &str, token: &str) -> Result<VerifyAnswer, Refusal> {
        let (mut ask, mut pending) =
            self.rules.begin_verify(&mut self.books, id, token, None, self.now)?;
        loop {
            let outcome = self.upstream.verify(&ask);
            let entropy = self.entropy();
            match self.rules.finish_verify(&mut self.books, pending, outcome, entropy, self.now) {
                VerifyStep::Ask(next, then) => (ask, pending) = (next, then),
                VerifyStep::Answer(concluded) => match concluded.answer {
                    Answer::Verified(answer) => return Ok(answer),
                    Answer::Refused(refusal) => return Err(refusal),
                    Answer::Started(_) => panic!("a verify does not start"),
                },
            }
        }
    }
}
