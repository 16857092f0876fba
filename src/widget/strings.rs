//! The visitor's words: which sentence is for which message, in the language of the page or as the
//! page's `strings` have it.

use js_sys::JsString;
use mfa_core::entry::Dropped;
use mfa_core::flow::Instant;
use mfa_core::view::{Action, Asking, Message};
use mfa_core::{Alphabet, Channel, ClosedReason, ConfigField, TokenFormat};
use wasm_bindgen::JsValue;

use crate::bindings::{Parts, own};
use crate::english::Text;
use crate::intl::{plural, time_of_day};

/// The built-in words, under those of the language and the page's own.
pub(crate) struct Strings {
    /// An object of names and texts; a text with a number in it can be an object of texts by
    /// plural category.
    words: JsValue,
    /// The language they are in, as a BCP 47 tag; blank is English.
    language: JsString,
}

impl Strings {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self { words: parts.words(), language: parts.language() }
    }

    /// What the field is called, where the page does not say.
    pub(crate) fn label(&self) -> String {
        self.get(Text::Label)
    }

    /// What a button says.
    pub(crate) fn button(&self, action: Action) -> String {
        use Asking::{Again, First, Instead};
        use Channel::{Call, Sms};
        self.get(match action {
            Action::Ask { channel: Sms, asking: First } => Text::SendSms,
            Action::Ask { channel: Call, asking: First } => Text::SendCall,
            Action::Ask { channel: Sms, asking: Again } => Text::AgainSms,
            Action::Ask { channel: Call, asking: Again } => Text::AgainCall,
            Action::Ask { channel: Sms, asking: Instead } => Text::InsteadSms,
            Action::Ask { channel: Call, asking: Instead } => Text::InsteadCall,
            Action::ReadBack => Text::ReadBack,
            Action::Retry => Text::Retry,
        })
    }

    /// How long a button waits, as on a clock.
    pub(crate) fn wait(&self, seconds: u32) -> String {
        let mut clock = String::new();
        push_digits(&mut clock, seconds / 60);
        clock.push_str(if seconds % 60 < 10 { ":0" } else { ":" });
        push_digits(&mut clock, seconds % 60);
        self.fill(Text::Wait, "time", &clock)
    }

    /// What the code looks like, never to share it, and until when it works.
    pub(crate) fn hint(&self, format: TokenFormat, until: &str) -> String {
        let mut text = self.counted(format, Text::HintDigits, Text::HintAlphas);
        if !until.is_empty() {
            add(&mut text, &self.fill(Text::Until, "time", until));
        }
        text
    }

    /// A time of day as it is written in the language.
    pub(crate) fn time_of_day(&self, at: Instant, is_far: bool) -> String {
        time_of_day(at, is_far, &self.language)
    }

    /// A code character by character, as it is read out: in one go it would be one large number.
    fn spelled(&self, code: &str) -> String {
        let mut text = String::new();
        for character in code.chars() {
            if !text.is_empty() {
                text.push_str(", ");
            }
            let mut buffer = [0; 4];
            let spoken: &str = character.encode_utf8(&mut buffer);
            if character.is_ascii_uppercase() {
                text.push_str(&self.fill(Text::Capital, "c", spoken));
            } else {
                text.push_str(spoken);
            }
        }
        if text.is_empty() { self.get(Text::Empty) } else { text }
    }

    /// What the browser says when the form is submitted too early. It must say something.
    pub(crate) fn required(&self) -> String {
        let text = self.get(Text::Required);
        if text.is_empty() { Text::Required.english().into() } else { text }
    }

    /// The sentence for a message, about the number that the code went to and what the field holds.
    pub(crate) fn say(
        &self,
        message: Message,
        format: TokenFormat,
        to: Option<&str>,
        code: &str,
    ) -> String {
        let text = match message {
            Message::Config(field) => return self.config(field),
            Message::Dropped(why) => return self.dropped(why, format),
            Message::RateLimited(Some(seconds)) => {
                return self.fill(Text::RateLimitedFor, "time", &self.duration(seconds));
            }
            Message::Sent(channel) => return self.sent(channel, false, to),
            Message::SentAgain(channel) => return self.sent(channel, true, to),
            Message::TooShort => {
                return self.counted(format, Text::TooShortDigits, Text::TooShortAlphas);
            }
            Message::Expiring(seconds) => {
                return self.fill(Text::ExpiresIn, "time", &self.duration(seconds));
            }
            Message::ReadBack => return self.spelled(code),
            Message::Verifying { filled: true } => {
                let mut text = self.get(Text::Filled);
                add(&mut text, &self.get(Text::Verifying));
                return text;
            }
            Message::Wrong { left, lookalikes } => return self.wrong(left, lookalikes),
            Message::AskFirst => Text::AskFirst,
            Message::ChannelUnavailable => Text::ChannelUnavailable,
            Message::Closed(reason) => closed(reason),
            Message::Elsewhere => Text::Elsewhere,
            Message::Filled => Text::Filled,
            Message::Late(true) => Text::LateCall,
            Message::Late(false) => Text::Late,
            Message::Misconfigured => Text::Misconfigured,
            Message::NumberRefused => Text::NumberRefused,
            Message::Online => Text::BackOnline,
            Message::RateLimited(None) => Text::RateLimited,
            Message::Sending(Channel::Sms) => Text::SendingSms,
            Message::Sending(Channel::Call) => Text::SendingCall,
            Message::SignInAgain => Text::SignInAgain,
            Message::Unavailable => Text::Unavailable,
            Message::Unreachable { kept: false } => Text::Unreachable,
            Message::Unreachable { kept: true } => Text::UnreachableKept,
            Message::Verified => Text::Verified,
            Message::Verifying { filled: false } => Text::Verifying,
        };
        self.get(text)
    }

    fn wrong(&self, left: u8, lookalikes: bool) -> String {
        let mut text = if left == 1 {
            self.get(Text::WrongLast)
        } else {
            self.count(Text::Wrong, left.into())
        };
        if lookalikes {
            let hint = self.get(Text::Lookalikes);
            add(&mut text, &hint);
        }
        text
    }

    /// What the site has set up wrongly, for whoever reads it to pass on.
    fn config(&self, field: ConfigField) -> String {
        let (least, most) = field.range();
        let text = self.fill(Text::Config, "field", field.name());
        let text = replace(&text, "least", &digits(least));
        replace(&text, "most", &digits(most))
    }

    fn sent(&self, channel: Channel, again: bool, to: Option<&str>) -> String {
        let text = match (channel, again) {
            (Channel::Call, _) => Text::SentCall,
            (Channel::Sms, false) => Text::SentSms,
            (Channel::Sms, true) => Text::SentAgainSms,
        };
        match to {
            Some(to) => self.fill(text, "to", to),
            None => self.fill(text, "to", &self.get(Text::Phone)),
        }
    }

    fn dropped(&self, why: Dropped, format: TokenFormat) -> String {
        let (of_digits, of_alphas) = match why {
            Dropped::Ambiguous => {
                return self.get(Text::DroppedAmbiguous);
            }
            Dropped::Characters => (Text::DroppedDigits, Text::DroppedAlphas),
            Dropped::Nothing => (Text::DroppedNothingDigits, Text::DroppedNothingAlphas),
            Dropped::Surplus => (Text::DroppedSurplusDigits, Text::DroppedSurplusAlphas),
        };
        self.counted(format, of_digits, of_alphas)
    }

    /// A text for digits and one for alphanumerics, with the token's length.
    fn counted(&self, format: TokenFormat, of_digits: Text, of_alphas: Text) -> String {
        let text = match format.alphabet() {
            Alphabet::Alphanumeric => of_alphas,
            Alphabet::Digits => of_digits,
        };
        // 4 to 20.
        #[allow(clippy::cast_possible_truncation)]
        self.count(text, format.length() as u32)
    }

    /// A wait in words: minutes from a minute and a half on.
    fn duration(&self, seconds: u32) -> String {
        match seconds {
            0 | 1 => self.get(Text::Second),
            2..=89 => self.count(Text::Seconds, seconds),
            _ => self.count(Text::Minutes, seconds.div_ceil(60)),
        }
    }

    fn count(&self, text: Text, number: u32) -> String {
        let words = self.words(text);
        let category = words.is_object().then(|| plural(&self.language, number));
        let theirs = match category {
            Some(category) => one_of(&words, [&category, "other"]),
            None => words.as_string(),
        };
        replace(&theirs.unwrap_or_else(|| text.english().into()), "n", &digits(number))
    }

    fn fill(&self, text: Text, name: &str, value: &str) -> String {
        replace(&self.get(text), name, value)
    }

    fn get(&self, text: Text) -> String {
        self.words(text).as_string().unwrap_or_else(|| text.english().into())
    }

    /// What the page or the language has under this name. Not an object: `own` throws, and the
    /// built-in words stand.
    fn words(&self, text: Text) -> JsValue {
        own(&self.words, text.name()).unwrap_or(JsValue::UNDEFINED)
    }
}

/// The first of these names that the object has a text for.
fn one_of(words: &JsValue, names: [&str; 2]) -> Option<String> {
    names.into_iter().find_map(|name| own(words, name).ok()?.as_string())
}

/// A further sentence.
fn add(text: &mut String, sentence: &str) {
    text.push(' ');
    text.push_str(sentence);
}

const fn closed(reason: ClosedReason) -> Text {
    match reason {
        ClosedReason::Exhausted => Text::Exhausted,
        ClosedReason::Expired => Text::Expired,
        ClosedReason::Unknown => Text::Unknown,
        ClosedReason::Used => Text::Used,
    }
}

/// `text` with `value` in each place of `{name}`. By characters: to search for a string links a
/// search algorithm.
fn replace(text: &str, name: &str, value: &str) -> String {
    let mut filled = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let behind = rest.as_str().strip_prefix(name).and_then(|rest| rest.strip_prefix('}'));
        match behind {
            Some(behind) if character == '{' => {
                filled.push_str(value);
                rest = behind.chars();
            }
            _ => filled.push(character),
        }
    }
    filled
}

pub(crate) fn digits(number: u32) -> String {
    let mut text = String::new();
    push_digits(&mut text, number);
    text
}

/// A number in ASCII digits: `to_string` would link the whole of number formatting.
fn push_digits(text: &mut String, number: u32) {
    if number > 9 {
        push_digits(text, number / 10);
    }
    text.push(char::from(b"0123456789"[number as usize % 10]));
}
