//! One interaction, as the page knows it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::clock::believed;
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

/// Whether an id is no path segment, as one of dots: the verify request would go elsewhere, and
/// the token with it.
#[must_use]
pub fn leads_elsewhere(id: &str) -> bool {
    matches!(id, "" | "." | "..")
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
    ) -> Result<Box<Self>, Refusal> {
        if !answer.success {
            return Err(Refusal::Unavailable { retry_after: None });
        }
        if leads_elsewhere(&answer.id) {
            return Err(Refusal::NotUnderstood);
        }
        let config = answer.config().or(settings.config).check();
        let config = config.map_err(|error| Refusal::Config(error.field))?;
        Ok(Box::new(Self {
            id: answer.id.into(),
            channel: answer.channel.unwrap_or(asked),
            to: answer.to.filter(|to| to.len() <= LONGEST_TO).map(plain),
            config,
            attempts_left: config.max_attempts(),
            expires: now.after_seconds(config.valid_for()),
            resend_after: answer.resend_after.and_then(believed).unwrap_or(DEFAULT_COOLDOWN),
            origin_bound: answer.origin_bound.unwrap_or(false),
            summary: answer.summary.map(wire::Summary::into_lines).map(lines),
            warned: config.valid_for(),
        }))
    }

    /// Whether the token's time is over.
    #[must_use]
    pub fn has_expired(&self, now: Instant) -> bool {
        now >= self.expires
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::super::fixtures::*;
    use super::super::{Event, Flow};
    use super::*;

    #[test]
    fn what_the_endpoint_leaves_out_the_page_and_then_the_document_say() {
        let mut settings = Settings::default();
        settings.config.token_length = Some(8);
        let bare = r#"{"id":"8630cc54-f6b2-45dd-b73b-cce28eb668d8","success":true,"to":"+15557788999","channel":"call"}"#;
        let mut flow = Flow::new(settings);
        let _ = flow.update(Event::Asked { channel: Channel::Call }, NOW);
        let answer: wire::StartAnswer = serde_json::from_str(bare).unwrap();
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        let interaction = flow.interaction().unwrap();
        assert_eq!(interaction.config.token_length(), 8);
        assert_eq!(interaction.config.max_attempts(), InteractionConfig::default().max_attempts());
        assert_eq!(interaction.expires, NOW.after_seconds(3600));
    }

    #[test]
    fn an_id_that_leads_elsewhere_starts_nothing() {
        for id in ["", ".", ".."] {
            let mut flow = asked();
            let answer = wire::StartAnswer { id: id.into(), ..sms() };
            let effects = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
            assert_eq!(said(&effects), ["tell error not_understood"], "{id:?}");
        }
    }

    #[test]
    fn what_an_endpoint_says_beside_the_config_is_taken_only_if_it_makes_sense() {
        let mut flow = asked();
        let answer =
            wire::StartAnswer { to: Some("•".repeat(99)), resend_after: Some(-5), ..sms() };
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        assert_eq!(flow.interaction().unwrap().to, None);
        assert_eq!(flow.cooldown(NOW), 30);
        let mut flow = asked();
        let answer = wire::StartAnswer { resend_after: Some(i64::MAX), ..sms() };
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        assert_eq!(flow.cooldown(NOW), 30 * 86_400);
    }

    #[test]
    fn what_is_confirmed_reads_as_it_is_and_ends() {
        let mut flow = asked();
        let summary = wire::Summary {
            title: "Pay \u{202e}1.00\u{2069} to ACME".into(),
            lines: vec!["now\u{2028}or never".into(), "x".repeat(9999)],
            digest: None,
        };
        let answer = wire::StartAnswer { summary: Some(summary), ..sms() };
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        let shown = flow.interaction().unwrap().summary.clone().unwrap();
        assert!(shown.starts_with("Pay 1.00 to ACME\nnowor never\nxxx"), "{shown}");
        assert!(shown.len() < 2000);
    }
}
