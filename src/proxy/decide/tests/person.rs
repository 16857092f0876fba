//! One person at one proxy, and an upstream that knows its tokens: what the decisions' tests tell
//! their stories with.

use mfa_core::Channel;
use mfa_core::wire::{StartAnswer, VerifyAnswer};

use super::{NOW, rules_with, ticket_for};
use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::{Books, Page};
use crate::decide::outcome::{SendOutcome, VerifyOutcome};
use crate::decide::receipt::{RedeemError, Redeemed};
use crate::decide::start::{PendingStart, Send, Wish};
use crate::decide::verify::{Ask, PendingVerify, VerifyStep};
use crate::settings::Limits;

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
        if ask.token.text() == right(at) {
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
        let rules = rules_with(|settings| {
            settings.ticket_valid_for = 86_400;
            // The limits on sends have tests of their own.
            settings.limits = Limits::without_sends();
        });
        let books = Books::new(&rules.settings.limits);
        Self { rules, books, upstream: KnownTokens::default(), now: NOW, names: 0 }
    }

    /// The same person again, for a try that is not to count.
    pub(super) fn as_it_is(&self) -> Self {
        let Self { books, upstream, now, names, .. } = self;
        let (books, upstream) = (books.clone(), upstream.clone());
        Self { rules: Self::new().rules, books, upstream, now: *now, names: *names }
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
        let plan = self.rules.plan_start(wish, entropy)?;
        let (rules, now) = (&self.rules, self.now);
        on(&mut self.books, &plan.pages(), now, |books| rules.begin_start(books, &plan, now))
    }

    /// The send has ended.
    pub(super) fn finish(&mut self, pending: &PendingStart, outcome: &SendOutcome) -> Concluded {
        let (rules, now) = (&self.rules, self.now);
        let concluded = rules.answer_start(pending, outcome);
        on(&mut self.books, &pending.pages(), now, |books| {
            rules.finish_start(books, pending, outcome, &concluded.answer, now);
        });
        concluded
    }

    /// A try begins, under an `Idempotency-Key` or without one.
    pub(super) fn begin_try(
        &mut self,
        id: &str,
        token: &str,
        key: Option<&str>,
    ) -> Result<(Ask, Box<PendingVerify>), Refusal> {
        let (rules, now) = (&self.rules, self.now);
        let repeat = key.map(|key| rules.verify_repeat(id, key, token.as_bytes()));
        let plan = rules.plan_verify(id, token.into(), repeat)?;
        on(&mut self.books, &plan.pages(), now, |books| rules.begin_verify(books, &plan, now))
    }

    /// The upstream has answered.
    pub(super) fn finish_try(
        &mut self,
        pending: &PendingVerify,
        outcome: VerifyOutcome,
    ) -> VerifyStep {
        let entropy = self.entropy();
        let (rules, now) = (&self.rules, self.now);
        let verdict = rules.verdict(pending, outcome, entropy, now);
        on(&mut self.books, &pending.pages(), now, |books| {
            rules.finish_verify(books, pending, &verdict, now)
        })
    }

    /// The backend shows a receipt.
    pub(super) fn redeems(&mut self, receipt: &str) -> Result<Redeemed, RedeemError> {
        let (rules, now) = (&self.rules, self.now);
        let plan = rules.plan_redeem(receipt, now)?;
        on(&mut self.books, &plan.pages(), now, |books| rules.redeem(books, &plan, now))
    }

    pub(super) fn starts(&mut self, previous: Option<&str>) -> Result<StartAnswer, Refusal> {
        let (send, pending) = self.begin(previous)?;
        let outcome = self.upstream.send(&send);
        match self.finish(&pending, &outcome).answer {
            Answer::Started(answer) => Ok(*answer),
            Answer::Refused(_) | Answer::Verified(_) => panic!("a start sends"),
        }
    }

    pub(super) fn tries(&mut self, id: &str, token: &str) -> Result<VerifyAnswer, Refusal> {
        self.tries_under(id, token, None)
    }

    pub(super) fn tries_under(
        &mut self,
        id: &str,
        token: &str,
        key: Option<&str>,
    ) -> Result<VerifyAnswer, Refusal> {
        let (mut ask, mut pending) = self.begin_try(id, token, key)?;
        loop {
            let outcome = self.upstream.verify(&ask);
            match self.finish_try(&pending, outcome) {
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

/// Makes a decision on these pages of the books and on no other, as a shared store does: a page
/// that is not named is not there, and one that is written all the same fails the test.
fn on<T>(
    books: &mut Books,
    pages: &[Page],
    now: UnixTime,
    decision: impl FnOnce(&mut Books) -> T,
) -> T {
    let mut few = Books::of_few();
    for page in pages {
        if let Some((expires, note)) = books.take(page) {
            few.place(page, note, expires, now).unwrap();
        }
    }
    let decided = decision(&mut few);
    for page in pages {
        if let Some((expires, note)) = few.take(page).filter(|(_, note)| !note.is_blank()) {
            books.place(page, note, expires, now).unwrap();
        }
    }
    assert!(few.is_empty(), "a decision wrote on a page that it had not named");
    decided
}
