//! Interactions: each a token that was sent, and what became of it.
//!
//! An interaction answers "right" at most once, "wrong" at most `max_attempts` times, and nothing
//! after `valid_for`. The oldest are forgotten when there are too many to hold.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use uuid::Uuid;

use super::token::Token;

/// What the vendor answers to a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// 404, one status for four causes.
    Closed(Closed),
    Right,
    Wrong,
}

/// Why an interaction takes no token (*Possible return values*).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Closed {
    Exhausted,
    Expired,
    Unknown,
    Used,
}

/// One token that was sent.
#[derive(Debug)]
pub(crate) struct Interaction {
    token: Token,
    expires: Duration,
    state: State,
}

#[derive(Debug)]
enum State {
    Exhausted,
    Open { attempts_left: u8 },
    Used,
}

impl Interaction {
    pub(crate) fn open(token: Token, max_attempts: u8, expires: Duration) -> Self {
        Self { token, expires, state: State::Open { attempts_left: max_attempts } }
    }

    /// Takes an answer. The last allowed one is still told that it was wrong.
    fn verify(&mut self, answer: &str, now: Duration) -> Verdict {
        let attempts_left = match self.state {
            State::Exhausted => return Verdict::Closed(Closed::Exhausted),
            State::Used => return Verdict::Closed(Closed::Used),
            State::Open { .. } if now >= self.expires => return Verdict::Closed(Closed::Expired),
            State::Open { attempts_left } => attempts_left,
        };
        if self.token.matches(answer) {
            self.state = State::Used;
            return Verdict::Right;
        }
        self.state = match attempts_left - 1 {
            0 => State::Exhausted,
            attempts_left => State::Open { attempts_left },
        };
        Verdict::Wrong
    }
}

/// All interactions that are remembered, by id.
#[derive(Debug)]
pub(crate) struct Interactions {
    by_id: HashMap<Uuid, Interaction>,
    oldest_first: VecDeque<Uuid>,
    most: usize,
}

impl Interactions {
    pub(crate) fn remember_at_most(most: usize) -> Self {
        Self { by_id: HashMap::new(), oldest_first: VecDeque::new(), most: most.max(1) }
    }

    pub(crate) fn add(&mut self, id: Uuid, interaction: Interaction) {
        while self.oldest_first.len() >= self.most {
            let Some(oldest) = self.oldest_first.pop_front() else { break };
            self.by_id.remove(&oldest);
        }
        self.by_id.insert(id, interaction);
        self.oldest_first.push_back(id);
    }

    /// Takes an answer to the interaction with this id, as it stands in the address.
    pub(crate) fn verify(&mut self, id: &str, answer: &str, now: Duration) -> Verdict {
        self.find(id).map_or(Verdict::Closed(Closed::Unknown), |found| found.verify(answer, now))
    }

    /// Whether this id belongs to an interaction that is remembered, open or not.
    pub(crate) fn knows(&mut self, id: &str) -> bool {
        self.find(id).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn clear(&mut self) {
        self.by_id.clear();
        self.oldest_first.clear();
    }

    fn find(&mut self, id: &str) -> Option<&mut Interaction> {
        // Braces, a URN or no dashes are also UUIDs to the parser, but never to the vendor.
        let id = Uuid::try_parse(id).ok().filter(|_| id.len() == 36)?;
        self.by_id.get_mut(&id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    const ID: Uuid = Uuid::from_u128(0x8630_cc54_f6b2_45dd_b73b_cce2_8eb6_68d8);

    fn token() -> Token {
        Token::draw(6, false, &mut StdRng::seed_from_u64(1))
    }

    fn interactions(max_attempts: u8, valid_for: u64) -> Interactions {
        let mut interactions = Interactions::remember_at_most(4);
        let interaction = Interaction::open(token(), max_attempts, Duration::from_secs(valid_for));
        interactions.add(ID, interaction);
        interactions
    }

    fn verify(interactions: &mut Interactions, answer: &str, now: u64) -> Verdict {
        interactions.verify(&ID.to_string(), answer, Duration::from_secs(now))
    }

    #[test]
    fn the_right_token_is_taken_once() {
        let mut interactions = interactions(3, 60);
        assert_eq!(verify(&mut interactions, token().as_str(), 0), Verdict::Right);
        assert_eq!(verify(&mut interactions, token().as_str(), 0), Verdict::Closed(Closed::Used));
    }

    #[test]
    fn the_last_allowed_attempt_is_told_that_it_was_wrong() {
        let mut interactions = interactions(2, 60);
        assert_eq!(verify(&mut interactions, "nope", 0), Verdict::Wrong);
        assert_eq!(verify(&mut interactions, "nope", 0), Verdict::Wrong);
        assert_eq!(
            verify(&mut interactions, token().as_str(), 0),
            Verdict::Closed(Closed::Exhausted)
        );
    }

    #[test]
    fn a_token_is_valid_until_its_last_moment_has_passed() {
        let mut early = interactions(3, 60);
        assert_eq!(verify(&mut early, token().as_str(), 59), Verdict::Right);
        let mut late = interactions(3, 60);
        assert_eq!(verify(&mut late, token().as_str(), 60), Verdict::Closed(Closed::Expired));
        let mut never = interactions(3, 0);
        assert_eq!(verify(&mut never, token().as_str(), 0), Verdict::Closed(Closed::Expired));
    }

    #[test]
    fn an_id_that_is_unknown_or_no_uuid_is_closed() {
        let mut interactions = interactions(3, 60);
        for id in [
            "00000000-0000-4000-8000-000000000000",
            "not-a-uuid",
            "",
            "8630cc54f6b245ddb73bcce28eb668d8",
            "{8630cc54-f6b2-45dd-b73b-cce28eb668d8}",
        ] {
            assert_eq!(
                interactions.verify(id, token().as_str(), Duration::ZERO),
                Verdict::Closed(Closed::Unknown),
                "{id}"
            );
        }
    }

    #[test]
    fn the_oldest_interaction_is_forgotten_first() {
        let mut interactions = interactions(3, 60);
        for id in 0..4 {
            let interaction = Interaction::open(token(), 3, Duration::from_secs(60));
            interactions.add(Uuid::from_u128(id), interaction);
        }
        assert_eq!(interactions.len(), 4);
        assert_eq!(verify(&mut interactions, "nope", 0), Verdict::Closed(Closed::Unknown));
        assert!(interactions.knows(&Uuid::from_u128(0).to_string()));
    }

    #[derive(Clone, Debug)]
    enum Answer {
        Right,
        Wrong,
    }

    proptest! {
        #[test]
        fn no_sequence_of_answers_breaks_a_rule(
            max_attempts in 1u8..=20,
            valid_for in 0u64..200,
            answers in prop::collection::vec(
                (prop_oneof![1 => Just(Answer::Right), 4 => Just(Answer::Wrong)], 0u64..20),
                0..60,
            ),
        ) {
            let mut interactions = interactions(max_attempts, valid_for);
            let (mut now, mut right, mut wrong) = (0, 0, 0);
            for (answer, waited) in answers {
                now += waited;
                let answer = match answer {
                    Answer::Right => token().as_str().to_owned(),
                    Answer::Wrong => "wrong!".to_owned(),
                };
                let open = right == 0 && wrong < u32::from(max_attempts) && now < valid_for;
                match verify(&mut interactions, &answer, now) {
                    Verdict::Right => {
                        prop_assert!(open && answer == token().as_str());
                        right += 1;
                    }
                    Verdict::Wrong => {
                        prop_assert!(open && answer != token().as_str());
                        wrong += 1;
                    }
                    Verdict::Closed(_) => prop_assert!(!open),
                }
            }
            prop_assert!(right <= 1);
            prop_assert!(wrong <= u32::from(max_attempts));
        }

        #[test]
        fn never_more_interactions_than_may_be_remembered(added in 0usize..50, most in 1usize..9) {
            let mut interactions = Interactions::remember_at_most(most);
            for id in 0..added {
                let interaction = Interaction::open(token(), 3, Duration::from_secs(60));
                interactions.add(Uuid::from_u128(id as u128), interaction);
                prop_assert!(interactions.len() <= most);
                prop_assert_eq!(interactions.len(), interactions.oldest_first.len());
            }
        }
    }
}
