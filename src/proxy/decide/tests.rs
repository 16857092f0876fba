//! What the tests of the decisions share: one moment, one person, one set of rules.

use mfa_core::E164;

use super::Rules;
use crate::clock::UnixTime;
use crate::decide::ticket::TicketRequest;
use crate::secret::{ApiToken, SecretKey};
use crate::settings::{Keys, Settings, Upstream};

pub(crate) const NOW: UnixTime = 1_700_000_000;

pub(crate) fn rules() -> Rules {
    rules_with(|_| {})
}

pub(crate) fn rules_with(change: impl FnOnce(&mut Settings)) -> Rules {
    let upstream = Upstream::new("http://127.0.0.1:1", "project", ApiToken::new("PT0"));
    let keys = Keys {
        sealing: vec![SecretKey::from_bytes([1; 32])],
        receipt: vec![SecretKey::from_bytes([2; 32])],
    };
    let mut settings = Settings::new(upstream, keys);
    change(&mut settings);
    settings.check().unwrap();
    Rules::new(settings)
}

pub(crate) fn ticket_for(subject: &str) -> TicketRequest {
    TicketRequest {
        subject: subject.into(),
        to: E164::parse("+15557788999").unwrap(),
        policy: None,
        summary: None,
    }
}
