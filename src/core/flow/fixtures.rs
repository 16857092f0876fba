//! A flow in each of its states, reached the way a visitor reaches it.

use std::vec::Vec;

use super::{Effect, Event, Flow, Instant, RequestId, Settings, State};
use crate::{Channel, ClosedReason, Token, wire};

pub(crate) const NOW: Instant = Instant(1_000_000);

/// An endpoint's answer: six digits, three attempts, ten minutes, half a minute's cooldown.
pub(crate) fn sms() -> wire::StartAnswer {
    wire::StartAnswer {
        id: "first".into(),
        success: true,
        channel: Some(Channel::Sms),
        max_attempts: Some(3),
        valid_for: Some(600),
        resend_after: Some(30),
        ..wire::StartAnswer::default()
    }
}

pub(crate) fn token(text: &str) -> Token {
    Token::parse(text, Settings::default().config.check().unwrap().format()).unwrap()
}

/// The request that is in flight.
pub(crate) fn id_of(flow: &Flow) -> RequestId {
    if let State::Sending(sending) = flow.state() {
        return sending.request;
    }
    let State::Verifying(verifying) = flow.state() else {
        panic!("nothing is in flight in {:?}", flow.phase());
    };
    verifying.request
}

pub(crate) fn step(mut flow: Flow, event: Event) -> Flow {
    let _ = flow.update(event, NOW);
    flow
}

pub(crate) fn idle() -> Flow {
    Flow::new(Settings::default())
}

pub(crate) fn asked() -> Flow {
    step(idle(), Event::Asked { channel: Channel::Sms })
}

pub(crate) fn entering() -> Flow {
    let flow = asked();
    let request = id_of(&flow);
    step(flow, Event::Sent { request, answer: sms() })
}

pub(crate) fn verifying() -> Flow {
    step(entering(), Event::Completed { token: token("111111") })
}

pub(crate) fn verified() -> Flow {
    let flow = verifying();
    let request = id_of(&flow);
    step(flow, Event::Verified { request, receipt: Some("receipt".into()) })
}

pub(crate) fn rejected() -> Flow {
    let flow = verifying();
    let request = id_of(&flow);
    step(flow, Event::Rejected { request, attempts_left: Some(2), resend_after: None })
}

pub(crate) fn closed() -> Flow {
    let flow = verifying();
    let request = id_of(&flow);
    step(flow, Event::Closed { request, reason: ClosedReason::Used, resend_after: None })
}

pub(crate) fn offline_send() -> Flow {
    let flow = asked();
    let request = id_of(&flow);
    step(flow, Event::Lost { request })
}

pub(crate) fn offline_verify() -> Flow {
    let flow = verifying();
    let request = id_of(&flow);
    step(flow, Event::Lost { request })
}

/// What an effect is, in a word or two.
pub(crate) fn said(effects: &[Effect]) -> Vec<std::string::String> {
    use std::format;

    use super::Outcome;
    effects
        .iter()
        .map(|effect| match effect {
            Effect::Abort { request } => format!("abort #{}", request.0),
            Effect::ClearField => "clear".into(),
            Effect::FocusField => "focus".into(),
            Effect::ReadField => "read".into(),
            Effect::SelectField => "select".into(),
            Effect::SelectLeftover => "select leftover".into(),
            Effect::Send { request, key, channel, previous } => {
                let after = previous.as_ref().map_or("", |id| id.as_str());
                format!("send #{} key {} {} {after}", request.0, key.0, channel.as_str())
                    .trim_end()
                    .into()
            }
            Effect::Verify { request, key, id, token } => {
                format!("verify #{} key {} {} {}", request.0, key.0, id.as_str(), token.text())
            }
            Effect::Tell(Outcome::Closed { reason }) => format!("tell closed {}", reason.as_str()),
            Effect::Tell(Outcome::Error(trouble)) => format!("tell error {}", trouble.kind()),
            Effect::Tell(Outcome::Rejected { attempts_left }) => {
                format!("tell rejected {attempts_left}")
            }
            Effect::Tell(Outcome::Sent { channel }) => format!("tell sent {}", channel.as_str()),
            Effect::Tell(Outcome::Verified { receipt }) => {
                format!("tell verified {}", receipt.as_ref().map_or("-", |it| it.as_str()))
            }
        })
        .collect()
}
