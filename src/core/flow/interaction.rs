//! One interaction, as the page knows it.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Instant, Refusal};
use crate::{Channel, InteractionConfig, Sealed, UncheckedConfig, wire};

/// Which channels the visitor may choose from, the preferred one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channels {
    /// Offered first.
    pub preferred: Channel,
    /// Offered beside it, if there is a choice.
    pub other: Option<Channel>,
}

impl Channels {
    /// The channels of a list, in its order; `None` for an empty one.
    #[must_use]
    pub fn of(list: &[Channel]) -> Option<Self> {
        let &preferred = list.first()?;
        Some(Self { preferred, other: list.iter().copied().find(|&next| next != preferred) })
    }

    /// The channel beside `channel`, if both are offered.
    #[must_use]
    pub fn beside(self, channel: Channel) -> Option<Channel> {
        let other = self.other?;
        Some(if other == channel { self.preferred } else { other })
    }
}

/// A text message, with a call beside it.
impl Default for Channels {
    fn default() -> Self {
        Self { preferred: Channel::Sms, other: Some(Channel::Call) }
    }
}

/// No masked number is longer, in bytes; what is, is not shown.
const LONGEST_TO: usize = 64;

/// For an endpoint that names no `resend_after`, or none that is one, in seconds: one request in thirty seconds is
/// what the field's providers advise.
pub(super) const DEFAULT_COOLDOWN: u32 = 30;

/// What the page itself says, for where the endpoint is silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The config attributes, unchecked: a wrong one is the flow's to report.
    pub config: UncheckedConfig,
    /// The channels to offer until the endpoint names its own.
    pub channels: Channels,
    /// Who asks the endpoint, and when.
    pub verify: VerifyMode,
    /// Whether what is typed is kept from whoever looks over the visitor's shoulder.
    pub masked: bool,
}

/// When a token is verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerifyMode {
    /// As soon as the field holds a whole token.
    #[default]
    Complete,
    /// When the visitor submits.
    Submit,
    /// Never by the page: the form posts token and id, and the site's backend verifies.
    Form,
}

/// A token is on its way, or was; this is what it may be tried with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// What the verify request names.
    pub id: Sealed,
    /// By which way the token was sent.
    pub channel: Channel,
    /// Where it was sent, as the page may show it.
    pub to: Option<String>,
    /// Length, alphabet, attempts, validity.
    pub config: InteractionConfig,
    /// How many tries are left. Never rises.
    pub attempts_left: u8,
    /// When the token stops being valid.
    pub expires: Instant,
    /// Seconds from the start until another token may be asked for.
    pub resend_after: u32,
    /// Whether the message is bound to the site's origin.
    pub origin_bound: bool,
    /// What is being confirmed, where it is more than a sign-in: its title and its lines.
    pub summary: Option<String>,
    /// How many seconds were left when the visitor was last warned of the expiry.
    pub(super) warned: u32,
}

/// No summary is shown beyond this many characters.
const LONGEST_SUMMARY: usize = 1000;

/// Without what turns the order of a text round, or breaks its line, and not endless.
fn plain(text: String) -> String {
    text.chars().filter(|&it| wire::Summary::may_have(it)).take(LONGEST_SUMMARY).collect()
}

/// One below the other.
fn lines(lines: Vec<String>) -> String {
    let mut text = String::new();
    for line in lines {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&plain(line));
        if text.len() > LONGEST_SUMMARY {
            break;
        }
    }
    text
}

impl Interaction {
    /// Reads the endpoint's answer to a start; what it leaves out, the page's settings and then
    /// the source document's defaults say.
    ///
    /// # Errors
    ///
    /// [`Refusal::Config`] names the field that is out of range, [`Refusal::NotUnderstood`] is
    /// an answer without an id, [`Refusal::Unavailable`] one that says `"success": false`.
    pub fn read(
        answer: wire::StartAnswer,
        asked: Channel,
        settings: Settings,
        now: Instant,
    ) -> Result<Self, Refusal> {
        if !answer.success {
            return Err(Refusal::Unavailable { retry_after: None });
        }
        // A path segment of dots would lead the verify request, and the token in it, elsewhere.
        if matches!(answer.id.as_str(), "" | "." | "..") {
            return Err(Refusal::NotUnderstood);
        }
        let config = answer.config().or(settings.config).check().map_err(Refusal::Config)?;
        Ok(Self {
            id: answer.id.into(),
            channel: answer.channel.unwrap_or(asked),
            to: answer.to.filter(|to| to.len() <= LONGEST_TO).map(plain),
            config,
            attempts_left: config.max_attempts(),
            expires: now.after_seconds(config.valid_for()),
            resend_after: answer
                .resend_after
                .and_then(|seconds| u32::try_from(seconds).ok())
                .unwrap_or(DEFAULT_COOLDOWN),
            origin_bound: answer.origin_bound.unwrap_or(false),
            summary: answer.summary.map(wire::Summary::into_lines).map(lines),
            warned: config.valid_for(),
        })
    }

    /// Whether the token's time is over.
    #[must_use]
    pub fn has_expired(&self, now: Instant) -> bool {
        now >= self.expires
    }
}
