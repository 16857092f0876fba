//! The visitor's words: one sentence for each message, in plain English, every one of them
//! replaceable by the page's `strings`.

use js_sys::JsString;
use mfa_core::entry::Dropped;
use mfa_core::flow::Instant;
use mfa_core::view::{Action, Asking, Message};
use mfa_core::{Alphabet, Channel, ClosedReason, ConfigField, TokenFormat};
use wasm_bindgen::JsValue;

use crate::bindings::{Parts, get};
use crate::intl::{plural, time_of_day};

/// The built-in words, under those of the language and the page's own.
pub(crate) struct Strings {
    /// An object of names and texts; a text with a number in it can be an object of texts by
    /// plural category.
    words: JsValue,
    /// The language they are in, as a BCP 47 tag; blank is English.
    language: JsString,
}

/// A name and its built-in text; `{n}`, `{to}`, `{time}` and the like are filled in.
/// Behind one pointer, so that a choice between texts is a table.
type Text = &'static (&'static str, &'static str);

impl Strings {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self { words: parts.words(), language: parts.language() }
    }

    /// What the field is called, where the page does not say.
    pub(crate) fn label(&self) -> String {
        self.get(&("label", "Security code"))
    }

    /// What a button says.
    pub(crate) fn button(&self, action: Action) -> String {
        use Asking::{Again, First, Instead};
        use Channel::{Call, Sms};
        self.get(match action {
            Action::Ask { channel: Sms, asking: First } => &("send_sms", "Text me a code"),
            Action::Ask { channel: Call, asking: First } => &("send_call", "Call me with a code"),
            Action::Ask { channel: Sms, asking: Again } => &("again_sms", "Send a new code"),
            Action::Ask { channel: Call, asking: Again } => &("again_call", "Call me again"),
            Action::Ask { channel: Sms, asking: Instead } => &("instead_sms", "Text me instead"),
            Action::Ask { channel: Call, asking: Instead } => &("instead_call", "Call me instead"),
            Action::ReadBack => &("read_back", "Read the code out"),
            Action::Retry => &("retry", "Try again"),
        })
    }

    /// How long a button waits, as on a clock.
    pub(crate) fn wait(&self, seconds: u32) -> String {
        let mut clock = String::new();
        push_digits(&mut clock, seconds / 60);
        clock.push_str(if seconds % 60 < 10 { ":0" } else { ":" });
        push_digits(&mut clock, seconds % 60);
        self.fill(&("wait", "in {time}"), "time", &clock)
    }

    /// What the code looks like, never to share it, and until when it works.
    pub(crate) fn hint(&self, format: TokenFormat, until: &str) -> String {
        let mut text = self.counted(
            format,
            &("hint_digits", "The code has {n} numbers. Never share it with anyone."),
            &("hint_alphas", "The code has {n} letters and numbers. Never share it with anyone."),
        );
        if !until.is_empty() {
            add(&mut text, &self.fill(&("until", "This code works until {time}."), "time", until));
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
                text.push_str(&self.fill(&("capital", "capital {c}"), "c", spoken));
            } else {
                text.push_str(spoken);
            }
        }
        if text.is_empty() { self.get(&("empty", "The field is empty.")) } else { text }
    }

    /// What the browser says when the form is submitted too early. It must say something.
    pub(crate) fn required(&self) -> String {
        const BUILT_IN: &str = "Confirm the code first.";
        let text = self.get(&("required", BUILT_IN));
        if text.is_empty() { BUILT_IN.into() } else { text }
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
                return self.fill(
                    &("rate_limited_for", "Too many requests. Try again in {time}."),
                    "time",
                    &self.duration(seconds),
                );
            }
            Message::Sent(channel) => return self.sent(channel, false, to),
            Message::SentAgain(channel) => return self.sent(channel, true, to),
            Message::TooShort => {
                return self.counted(
                    format,
                    &("too_short_digits", "Enter all {n} numbers of the code."),
                    &("too_short_alphas", "Enter all {n} letters and numbers of the code."),
                );
            }
            Message::Expiring(seconds) => {
                return self.fill(
                    &("expires_in", "This code stops working in {time}."),
                    "time",
                    &self.duration(seconds),
                );
            }
            Message::ReadBack => return self.spelled(code),
            Message::Verifying { filled: true } => {
                let mut text = self.get(FILLED);
                add(&mut text, &self.get(VERIFYING));
                return text;
            }
            Message::Wrong { left, lookalikes } => return self.wrong(left, lookalikes),
            Message::AskFirst => &("ask_first", "Ask for a code first."),
            Message::ChannelUnavailable => &(
                "channel_unavailable",
                "This number cannot be reached this way. Choose another way.",
            ),
            Message::Closed(reason) => closed(reason),
            Message::Elsewhere => &("elsewhere", "The code was confirmed in another tab."),
            Message::Filled => FILLED,
            Message::Late(true) => &("late_call", "No text message yet? We can call you instead."),
            Message::Late(false) => &("late", "No text message yet? You can ask for a new code."),
            Message::Misconfigured => &(
                "misconfigured",
                "Codes cannot be used here at the moment. Tell the site's support.",
            ),
            Message::NumberRefused => &(
                "number_refused",
                "This phone number cannot be used. Contact the site's support to change it.",
            ),
            Message::Online => &("back_online", "You are connected again. Try again."),
            Message::RateLimited(None) => &("rate_limited", "Too many requests. Try again later."),
            Message::Sending(Channel::Sms) => &("sending_sms", "Sending the code…"),
            Message::Sending(Channel::Call) => &("sending_call", "Starting the call…"),
            Message::SignInAgain => {
                &("sign_in_again", "This page has been open for too long. Sign in again.")
            }
            Message::Unavailable => {
                &("unavailable", "The service does not work properly at the moment. Try again.")
            }
            Message::Unreachable { kept: false } => &(
                "unreachable",
                "We could not reach the service. Check your connection and try again.",
            ),
            Message::Unreachable { kept: true } => &(
                "unreachable_kept",
                "We could not reach the service. Your code is still here. Check your connection \
                 and try again.",
            ),
            Message::Verified => &("verified", "Code confirmed."),
            Message::Verifying { filled: false } => VERIFYING,
        };
        self.get(text)
    }

    fn wrong(&self, left: u8, lookalikes: bool) -> String {
        let mut text = if left == 1 {
            self.get(&(
                "wrong_last",
                "That code is not correct. 1 try left, then you need a new code.",
            ))
        } else {
            self.count(
                &(
                    "wrong",
                    "That code is not correct. Check the latest message and try again. {n} \
                     tries left.",
                ),
                left.into(),
            )
        };
        if lookalikes {
            let hint = self.get(&(
                "lookalikes",
                "Look closely: O and 0, and I, l and 1, are easily mixed up. Capital and small \
                 letters count.",
            ));
            add(&mut text, &hint);
        }
        text
    }

    /// What the site has set up wrongly, for whoever reads it to pass on.
    fn config(&self, field: ConfigField) -> String {
        let (least, most) = field.range();
        let text = self.fill(
            &(
                "config",
                "This page is not set up correctly: {field} must be a whole number from {least} \
                 to {most}. Tell the site's support.",
            ),
            "field",
            field.name(),
        );
        let text = replace(&text, "least", &digits(least));
        replace(&text, "most", &digits(most))
    }

    fn sent(&self, channel: Channel, again: bool, to: Option<&str>) -> String {
        let text = match (channel, again) {
            (Channel::Call, _) => &("sent_call", "We are calling {to}. Answer to hear the code."),
            (Channel::Sms, false) => {
                &("sent_sms", "Code sent to {to}. It can take a minute to arrive.")
            }
            (Channel::Sms, true) => {
                &("sent_again_sms", "New code sent to {to}. It can take a minute to arrive.")
            }
        };
        match to {
            Some(to) => self.fill(text, "to", to),
            None => self.fill(text, "to", &self.get(&("phone", "your phone"))),
        }
    }

    fn dropped(&self, why: Dropped, format: TokenFormat) -> String {
        let (of_digits, of_alphas) = match why {
            Dropped::Ambiguous => {
                return self.get(&(
                    "dropped_ambiguous",
                    "There is more than one code in that text. Type the one you mean.",
                ));
            }
            Dropped::Characters => (
                &("dropped_digits", "Only numbers are used in this code."),
                &("dropped_alphas", "Only the letters A to Z and numbers are used in this code."),
            ),
            Dropped::Nothing => (
                &("dropped_nothing_digits", "There is no code of {n} numbers in that text."),
                &(
                    "dropped_nothing_alphas",
                    "There is no code of {n} letters and numbers in that text.",
                ),
            ),
            Dropped::Surplus => (
                &("dropped_surplus_digits", "The code has only {n} numbers."),
                &("dropped_surplus_alphas", "The code has only {n} letters and numbers."),
            ),
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
            0 | 1 => self.get(&("second", "a second")),
            2..=89 => self.count(&("seconds", "{n} seconds"), seconds),
            _ => self.count(&("minutes", "{n} minutes"), seconds.div_ceil(60)),
        }
    }

    fn count(&self, text: Text, number: u32) -> String {
        let words = self.words(text);
        let category = words.is_object().then(|| plural(&self.language, number));
        let text = match category {
            Some(category) => one_of(&words, [&category, "other"]).unwrap_or_else(|| text.1.into()),
            None => words.as_string().unwrap_or_else(|| text.1.into()),
        };
        replace(&text, "n", &digits(number))
    }

    fn fill(&self, text: Text, name: &str, value: &str) -> String {
        replace(&self.get(text), name, value)
    }

    fn get(&self, text: Text) -> String {
        self.words(text).as_string().unwrap_or_else(|| text.1.into())
    }

    /// What the page or the language has under this name. Not an object: `get` throws, and the
    /// built-in words stand.
    fn words(&self, &(name, _): Text) -> JsValue {
        get(&self.words, name).unwrap_or(JsValue::UNDEFINED)
    }
}

const FILLED: Text = &("filled", "Code filled in.");
const VERIFYING: Text = &("verifying", "Checking the code…");

/// The first of these names that the object has a text for.
fn one_of(words: &JsValue, names: [&str; 2]) -> Option<String> {
    names.into_iter().find_map(|name| get(words, name).ok()?.as_string())
}

/// A further sentence.
fn add(text: &mut String, sentence: &str) {
    text.push(' ');
    text.push_str(sentence);
}

const fn closed(reason: ClosedReason) -> Text {
    match reason {
        ClosedReason::Exhausted => {
            &("exhausted", "Too many wrong codes. Ask for a new code to try again.")
        }
        ClosedReason::Expired => &("expired", "The code has expired. Ask for a new code."),
        ClosedReason::Unknown => {
            &("unknown", "This code can no longer be used. Ask for a new code.")
        }
        ClosedReason::Used => {
            &("used", "This code was already used. Ask for a new code if you are not signed in.")
        }
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
