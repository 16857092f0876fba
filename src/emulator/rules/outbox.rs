//! The outbox: what was delivered, as the phones would show it.
//!
//! It is the one place that shows tokens, and it is bounded: the oldest delivery makes room for
//! the newest. A reader that follows it holds a [`Cursor`] and no queue of its own, so that a slow
//! one costs nothing and misses only what the outbox itself has dropped.

use std::{collections::VecDeque, fmt, str::FromStr, sync::Arc};

use serde::Serialize;
use uuid::Uuid;

use super::{e164::E164, start::Channel, token::Token};

/// One SMS that arrived, or one call that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The interaction whose token it brought.
    pub id: Uuid,
    /// How it came.
    pub channel: Channel,
    /// Whose phone it reached.
    pub to: E164,
    /// The number it came from; [`SHARED_NUMBER`](crate::SHARED_NUMBER) when the request named none.
    pub from: E164,
    /// What was written or read out, token included.
    pub text: Text,
    /// The token alone.
    pub token: Token,
    /// The machine's wall-clock time, RFC 3339 in UTC. An advanced clock does not change it.
    pub at: String,
}

/// The words of a delivery. `Debug` shows their length, because the token is among them.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// The token goes after the message, with a space between them unless the message ends in
    /// one, or in the `#` of an origin-bound code, which must touch its token.
    pub(crate) fn compose(message: &str, token: &Token) -> Self {
        let touches = message.ends_with(|end: char| end.is_whitespace() || end == '#');
        let joint = if touches { "" } else { " " };
        Self(format!("{message}{joint}{}", token.as_str()))
    }

    /// All of it. Never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({})", self.0.chars().count())
    }
}

/// How far a reader has come: the era, which ends with a reset, and a delivery of that era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    era: u32,
    number: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}.{}", self.era, self.number)
    }
}

impl FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (era, number) = text.split_once('.').unwrap_or((text, ""));
        Ok(Self { era: u32::from_str_radix(era, 16)?, number: number.parse()? })
    }
}

/// What a reader sees next.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    Delivery(Cursor, Arc<Delivery>),
    Nothing,
    /// What the reader has seen is gone.
    Reset(Cursor),
}

/// The deliveries that are kept.
#[derive(Debug)]
pub(crate) struct Outbox {
    era: u32,
    numbered: u64,
    deliveries: VecDeque<(u64, Arc<Delivery>)>,
    most: usize,
}

impl Outbox {
    pub(crate) fn keep_at_most(most: usize, era: u32) -> Self {
        Self { era, numbered: 0, deliveries: VecDeque::new(), most: most.max(1) }
    }

    pub(crate) fn put(&mut self, delivery: Arc<Delivery>) {
        while self.deliveries.len() >= self.most {
            self.deliveries.pop_front();
        }
        self.numbered += 1;
        self.deliveries.push_back((self.numbered, delivery));
    }

    /// Empties the outbox and begins another era, which must differ from this one.
    pub(crate) fn clear(&mut self, era: u32) {
        *self = Self::keep_at_most(self.most, era);
    }

    pub(crate) fn era(&self) -> u32 {
        self.era
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Arc<Delivery>> {
        self.deliveries.iter().rev().map(|(_, delivery)| delivery)
    }

    /// What follows this point; from the oldest on for a reader that has seen nothing.
    pub(crate) fn after(&self, seen: Option<Cursor>) -> Next {
        let era = self.era;
        let number = match seen {
            Some(seen) if seen.era != era => return Next::Reset(Cursor { era, number: 0 }),
            Some(seen) => seen.number,
            None => 0,
        };
        let position = self.deliveries.partition_point(|(numbered, _)| *numbered <= number);
        self.deliveries.get(position).map_or(Next::Nothing, |(number, delivery)| {
            Next::Delivery(Cursor { era, number: *number }, Arc::clone(delivery))
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn delivery(seed: u64) -> Arc<Delivery> {
        let token = Token::draw(6, false, &mut StdRng::seed_from_u64(seed));
        let number = E164::parse("+15557788999").unwrap();
        Arc::new(Delivery {
            id: Uuid::from_u128(seed.into()),
            channel: Channel::Sms,
            to: number.clone(),
            from: number,
            text: Text::compose("Here is your code: ", &token),
            token,
            at: "2026-01-01T00:00:00Z".to_owned(),
        })
    }

    fn follow(outbox: &Outbox, mut seen: Option<Cursor>) -> Vec<u128> {
        let mut ids = Vec::new();
        while let Next::Delivery(cursor, delivery) = outbox.after(seen) {
            ids.push(delivery.id.as_u128());
            seen = Some(cursor);
        }
        ids
    }

    #[test]
    fn the_token_goes_after_the_message_and_a_space_where_there_is_none() {
        let token = Token::draw(4, false, &mut StdRng::seed_from_u64(1));
        let digits = token.as_str();
        for (message, text) in [
            (
                "Your Personal Authorization Code is:",
                format!("Your Personal Authorization Code is: {digits}"),
            ),
            ("Here is your code: ", format!("Here is your code: {digits}")),
            ("Code\n", format!("Code\n{digits}")),
            ("Code\n\n@example.com #", format!("Code\n\n@example.com #{digits}")),
        ] {
            assert_eq!(Text::compose(message, &token).as_str(), text);
        }
    }

    #[test]
    fn a_reader_sees_every_delivery_once_and_in_order() {
        let mut outbox = Outbox::keep_at_most(9, 1);
        (1..=3).for_each(|seed| outbox.put(delivery(seed)));
        assert_eq!(follow(&outbox, None), [1, 2, 3]);
        let Next::Delivery(first, _) = outbox.after(None) else { panic!("empty") };
        assert_eq!(follow(&outbox, Some(first)), [2, 3]);
        assert_eq!(follow(&outbox, Some(first.to_string().parse().unwrap())), [2, 3]);
    }

    #[test]
    fn a_slow_reader_goes_on_with_the_oldest_that_is_left() {
        let mut outbox = Outbox::keep_at_most(2, 1);
        outbox.put(delivery(1));
        let Next::Delivery(first, _) = outbox.after(None) else { panic!("empty") };
        (2..=6).for_each(|seed| outbox.put(delivery(seed)));
        assert_eq!(follow(&outbox, Some(first)), [5, 6]);
        let newest: Vec<_> = outbox.newest_first().map(|d| d.id.as_u128()).collect();
        assert_eq!(newest, [6, 5]);
    }

    #[test]
    fn a_reader_of_an_earlier_era_is_told_and_starts_again() {
        let mut outbox = Outbox::keep_at_most(9, 1);
        outbox.put(delivery(1));
        let Next::Delivery(seen, _) = outbox.after(None) else { panic!("empty") };
        outbox.clear(2);
        outbox.put(delivery(2));
        let Next::Reset(start) = outbox.after(Some(seen)) else { panic!("not told") };
        assert_eq!(follow(&outbox, Some(start)), [2]);
    }

    #[test]
    fn a_delivery_prints_no_token_and_no_full_number() {
        let delivery = delivery(1);
        let printed = format!("{delivery:?}");
        assert!(!printed.contains(delivery.token.as_str()) && !printed.contains("5557788"));
    }

    #[test]
    fn a_cursor_that_is_none_is_refused() {
        for text in ["", ".", "zz.1", "1", "1.", "1.-1"] {
            assert!(text.parse::<Cursor>().is_err(), "{text:?}");
        }
    }
}
