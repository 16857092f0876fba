//! The world: everything the emulator remembers, behind one door.
//!
//! The shell passes in the time that has passed and a source of randomness, and carries out what
//! comes back.

use std::{sync::Arc, time::Duration};

use rand::{CryptoRng, Rng};

use super::{
    clock::Clock,
    e164::E164,
    fault::Faults,
    interaction::{Closed, Interaction, Interactions, Verdict},
    outbox::{Delivery, Outbox, Text},
    parameters::{Mistyped, Parameters},
    start::{Start, Violation},
    token::Token,
};

/// What the emulator remembers.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) interactions: Interactions,
    pub(crate) outbox: Outbox,
}

/// What became of a request to verify.
#[derive(Debug, PartialEq)]
pub(crate) enum Verified {
    Answer(Verdict),
    /// No attempt was spent.
    Invalid(Violation),
}

impl World {
    pub(crate) fn new(
        most_interactions: usize,
        most_deliveries: usize,
        rng: &mut impl Rng,
    ) -> Self {
        Self {
            clock: Clock::default(),
            faults: Faults::default(),
            interactions: Interactions::remember_at_most(most_interactions),
            outbox: Outbox::keep_at_most(most_deliveries, rng.next_u32()),
        }
    }

    /// Sends a token: remembers the interaction and puts the delivery into the outbox.
    pub(crate) fn start(
        &mut self,
        start: Start,
        elapsed: Duration,
        at: String,
        rng: &mut impl CryptoRng,
    ) -> Arc<Delivery> {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
        let token = Token::draw(start.token_length, start.allow_alphas, rng);
        let expires = self.clock.now(elapsed).saturating_add(start.valid_for);
        let interaction = Interaction::open(token.clone(), start.max_attempts, expires);
        self.interactions.add(id, interaction);
        let delivery = Arc::new(Delivery {
            id,
            channel: start.channel,
            to: start.to,
            from: start.from.unwrap_or_else(E164::shared),
            text: Text::compose(&start.message, &token),
            token,
            at,
        });
        self.outbox.put(Arc::clone(&delivery));
        delivery
    }

    /// Takes a token for the interaction with this id.
    pub(crate) fn verify(&mut self, id: &str, given: &Parameters, elapsed: Duration) -> Verified {
        if !self.interactions.knows(id) {
            return Verified::Answer(Verdict::Closed(Closed::Unknown));
        }
        match given.text("token") {
            Ok(Some(token)) => {
                let now = self.clock.now(elapsed);
                Verified::Answer(self.interactions.verify(id, &token, now))
            }
            Ok(None) => Verified::Invalid(Violation::blank("token")),
            Err(Mistyped) => {
                let message = "must be a string";
                Verified::Invalid(Violation::new("token", "invalid_parameter", message))
            }
        }
    }

    /// Everything back to the start, the clock too.
    pub(crate) fn reset(&mut self, rng: &mut impl Rng) {
        self.clock = Clock::default();
        self.faults.clear();
        self.interactions.clear();
        let era = self.outbox.era();
        // Readers tell eras apart by this number alone.
        self.outbox.clear(era.wrapping_add(rng.next_u32() | 1));
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::{super::start::Channel, *};

    fn world() -> (World, StdRng) {
        let mut rng = StdRng::seed_from_u64(3);
        (World::new(10, 10, &mut rng), rng)
    }

    fn start(world: &mut World, rng: &mut StdRng, elapsed: u64) -> Arc<Delivery> {
        let body = br#"{"to":"+15557788999","valid_for":60}"#;
        let start = Start::parse(Channel::Sms, &Parameters::from_json(body).unwrap()).unwrap();
        world.start(start, Duration::from_secs(elapsed), "now".to_owned(), rng)
    }

    fn verify(world: &mut World, delivery: &Delivery, elapsed: u64) -> Verified {
        let body = format!(r#"{{"token":"{}"}}"#, delivery.token.as_str());
        let given = Parameters::from_json(body.as_bytes()).unwrap();
        world.verify(&delivery.id.to_string(), &given, Duration::from_secs(elapsed))
    }

    #[test]
    fn every_id_is_a_uuid_of_version_four() {
        let (mut world, mut rng) = world();
        let delivery = start(&mut world, &mut rng, 0);
        assert_eq!(delivery.id.get_version_num(), 4);
        assert_ne!(delivery.id, start(&mut world, &mut rng, 0).id);
    }

    #[test]
    fn advancing_the_clock_expires_what_was_sent_before() {
        let (mut world, mut rng) = world();
        let before = start(&mut world, &mut rng, 0);
        world.clock.advance(Duration::from_secs(59));
        let after = start(&mut world, &mut rng, 1);
        assert_eq!(
            verify(&mut world, &before, 1),
            Verified::Answer(Verdict::Closed(Closed::Expired))
        );
        assert_eq!(verify(&mut world, &after, 60), Verified::Answer(Verdict::Right));
    }

    #[test]
    fn a_request_without_a_token_spends_no_attempt() {
        let (mut world, mut rng) = world();
        let delivery = start(&mut world, &mut rng, 0);
        for body in ["{}", r#"{"token":""}"#, r#"{"token":[]}"#] {
            let given = Parameters::from_json(body.as_bytes()).unwrap();
            for _ in 0..5 {
                let verified = world.verify(&delivery.id.to_string(), &given, Duration::ZERO);
                assert!(matches!(verified, Verified::Invalid(_)));
            }
        }
        assert_eq!(verify(&mut world, &delivery, 0), Verified::Answer(Verdict::Right));
    }

    #[test]
    fn a_reset_forgets_interactions_deliveries_and_the_clock() {
        let (mut world, mut rng) = world();
        world.clock.advance(Duration::from_secs(500));
        let delivery = start(&mut world, &mut rng, 0);
        world.reset(&mut rng);
        assert_eq!(world.outbox.newest_first().count(), 0);
        assert_eq!(world.clock.now(Duration::ZERO), Duration::ZERO);
        assert_eq!(
            verify(&mut world, &delivery, 0),
            Verified::Answer(Verdict::Closed(Closed::Unknown))
        );
    }
}
