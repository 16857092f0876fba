//! The labels: words of our own enums and routes, never a text of a request.
//!
//! Each set can be made from those enums only, and lists itself where it is known beforehand.

use mfa_core::wire::ProblemCode;
use mfa_core::{Channel, ClosedReason};
use prometheus_client::encoding::EncodeLabelSet;

use crate::decide::answer::Answer;
use crate::decide::limited::Limited;
use crate::decide::outcome::{Failure, SendOutcome, VerifyOutcome};
use crate::decide::receipt::{RedeemError, Redeemed};
use crate::http::Face;

type Word = &'static str;

const CHANNELS: [Channel; 2] = [Channel::Call, Channel::Sms];

const SENT: [Word; 10] = [
    "broken",
    "busy",
    "channel_unavailable",
    "credentials",
    "not_called",
    "not_reached",
    "number_refused",
    "refused",
    "sent",
    "timed_out",
];

const VERDICTS: [Word; 7] = [
    "closed_exhausted",
    "closed_expired",
    "closed_unknown",
    "closed_used",
    "failed",
    "right",
    "wrong",
];

const REDEMPTIONS: [Word; 5] = ["expired", "invalid", "redeemed", "unavailable", "used"];

/// Of a path that no route has.
const NO_ROUTE: Word = "none";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Sends {
    channel: Word,
    outcome: Word,
}

impl Sends {
    pub(super) fn of(channel: Channel, outcome: &SendOutcome) -> Self {
        let outcome = match outcome {
            SendOutcome::ChannelUnavailable => "channel_unavailable",
            SendOutcome::Failed(failure) => word(*failure),
            SendOutcome::NumberRefused => "number_refused",
            SendOutcome::Refused => "refused",
            SendOutcome::Sent { .. } => "sent",
        };
        Self { channel: channel.as_str(), outcome }
    }

    pub(super) fn each(mut then: impl FnMut(Self)) {
        for channel in CHANNELS {
            SENT.into_iter().for_each(|outcome| then(Self { channel: channel.as_str(), outcome }));
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Verdict {
    verdict: Word,
}

impl Verdict {
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let verdict = match answer {
            Answer::Refused(refusal) => match refusal.reason {
                Some(ClosedReason::Exhausted) => "closed_exhausted",
                Some(ClosedReason::Expired) => "closed_expired",
                Some(ClosedReason::Unknown) => "closed_unknown",
                Some(ClosedReason::Used) => "closed_used",
                None if refusal.code.status() >= 500 => "failed",
                None => return None,
            },
            Answer::Started(_) => return None,
            Answer::Verified(answer) if answer.success => "right",
            Answer::Verified(_) => "wrong",
        };
        Some(Self { verdict })
    }

    pub(super) fn each(mut then: impl FnMut(Self)) {
        VERDICTS.into_iter().for_each(|verdict| then(Self { verdict }));
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Code {
    code: Word,
}

impl Code {
    pub(super) fn of(code: ProblemCode) -> Self {
        Self { code: code.as_str() }
    }

    pub(super) fn each(then: impl FnMut(Self)) {
        ProblemCode::ALL.iter().copied().map(Self::of).for_each(then);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Limit {
    limit: Word,
}

impl Limit {
    pub(super) fn of(limit: Limited) -> Self {
        Self { limit: limit.as_str() }
    }

    pub(super) fn each(then: impl FnMut(Self)) {
        Limited::all().map(Self::of).for_each(then);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Redemption {
    outcome: Word,
}

impl Redemption {
    pub(super) fn of(redeemed: &Result<Redeemed, RedeemError>) -> Self {
        let outcome = match redeemed {
            Ok(_) => "redeemed",
            Err(RedeemError::Expired) => "expired",
            Err(RedeemError::Invalid) => "invalid",
            Err(RedeemError::Unavailable) => "unavailable",
            Err(RedeemError::Used) => "used",
        };
        Self { outcome }
    }

    pub(super) fn each(mut then: impl FnMut(Self)) {
        REDEMPTIONS.into_iter().for_each(|outcome| then(Self { outcome }));
    }
}

/// A route of the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Route {
    route: Word,
}

impl Route {
    pub(super) const VERIFY: Self = Self { route: "verify" };

    pub(super) fn of(channel: Channel) -> Self {
        Self { route: channel.as_str() }
    }

    pub(super) fn each(then: impl FnMut(Self)) {
        CHANNELS.into_iter().map(Self::of).chain([Self::VERIFY]).for_each(then);
    }
}

/// A call to the upstream.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Call {
    route: Word,
    outcome: Word,
}

impl Call {
    pub(super) fn of_send(route: Route, outcome: &SendOutcome) -> Self {
        let outcome = match outcome {
            SendOutcome::Failed(failure) => word(*failure),
            SendOutcome::ChannelUnavailable
            | SendOutcome::NumberRefused
            | SendOutcome::Refused
            | SendOutcome::Sent { .. } => "answered",
        };
        Self { route: route.route, outcome }
    }

    pub(super) fn of_verify(route: Route, outcome: &VerifyOutcome) -> Self {
        let outcome = match outcome {
            VerifyOutcome::Failed(failure) => word(*failure),
            VerifyOutcome::Gone | VerifyOutcome::Right | VerifyOutcome::Wrong => "answered",
        };
        Self { route: route.route, outcome }
    }
}

fn word(failure: Failure) -> Word {
    match failure {
        Failure::Broken => "broken",
        Failure::Busy { .. } => "busy",
        Failure::Credentials => "credentials",
        Failure::NotCalled { .. } => "not_called",
        Failure::NotReached => "not_reached",
        Failure::TimedOut => "timed_out",
    }
}

/// A request to the proxy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Request {
    face: Word,
    route: Word,
    status: Word,
}

impl Request {
    pub(super) fn of(face: Face, route: Option<&str>, status: u16) -> Self {
        // A site that mounts the router puts a path of its own before ours.
        let mut known = face.routes().iter().map(|route| route.path);
        let route = route.and_then(|route| known.find(|path| route.ends_with(path)));
        let status = match status {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        Self { face: face.as_str(), route: route.unwrap_or(NO_ROUTE), status }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct FaceLabel {
    face: Word,
}

impl FaceLabel {
    pub(super) fn of(face: Face) -> Self {
        Self { face: face.as_str() }
    }

    pub(super) fn each(then: impl FnMut(Self)) {
        [Face::Private, Face::Public].into_iter().map(Self::of).for_each(then);
    }
}
