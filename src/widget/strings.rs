//! The visitor's words: one sentence for each message, in plain English, every one of them
//! replaceable by the page's `strings`.

use js_sys::{JsString, Reflect};
use mfa_core::entry::Dropped;
use mfa_core::view::{Action, Asking, Message};
use mfa_core::{Alphabet, Channel, ClosedReason, TokenFormat};
use wasm_bindgen::JsValue;

/// The built-in words, under the page's own.
pub(crate) struct Strings {
    /// The element's `strings` property: an object of names and texts, or nothing.
    pub(crate) own: JsValue,
}

/// A name and its built-in text; `{n}`, `{to}`, `{time}` and the like are filled in.
type Text = (&'static str, &'static str);

impl Strings {
    /// What a button says.
    pub(crate) fn button(&self, action: Action) -> String {
        use Asking::{Again, First, Instead};
        use Channel::{Call, Sms};
        self.get(match action {
            Action::Ask { channel: Sms, asking: First } => ("send_sms", "Text me a code"),
            Action::Ask { channel: Call, asking: First } => ("send_call", "Call me with a code"),
            Action::Ask { channel: Sms, asking: Again } => ("again_sms", "Send a new code"),
            Action::Ask { channel: Call, asking: Again } => ("again_call", "Call me again"),
            Action::Ask { channel: Sms, asking: Instead } => ("instead_sms", "Text me instead"),
            Action::Ask { channel: Call, asking: Instead } => ("instead_call", "Call me instead"),
            Action::Retry => ("retry", "Try again"),
        })
    }

    /// How long a button waits, as on a clock.
    pub(crate) fn wait(&self, seconds: u32) -> String {
        let mut clock = digits(seconds / 60);
        clock.push(':');
        if seconds % 60 < 10 {
            clock.push('0');
        }
        clock.push_str(&digits(seconds % 60));
        self.fill(("wait", "in {time}"), "time", &clock)
    }

    /// What the code looks like, and never to share it.
    pub(crate) fn hint(&self, format: TokenFormat) -> String {
        self.counted(
            format,
            [
                ("hint_digits", "The code has {n} numbers. Never share it with anyone."),
                (
                    "hint_alphas",
                    "The code has {n} letters and numbers. Never share it with anyone.",
                ),
            ],
        )
    }

    /// What the browser says when the form is submitted too early.
    pub(crate) fn required(&self) -> String {
        self.get(("required", "Confirm the code first."))
    }

    /// The sentence for a message.
    pub(crate) fn say(&self, message: Message, format: TokenFormat, to: Option<&str>) -> String {
        use Channel::{Call, Sms};
        let to_phone = |text| match to {
            Some(to) => self.fill(text, "to", to),
            None => self.fill(text, "to", &self.get(("phone", "your phone"))),
        };
        match message {
            Message::AskFirst => self.get(("ask_first", "Ask for a code first.")),
            Message::ChannelUnavailable => self.get((
                "channel_unavailable",
                "This number cannot be reached this way. Choose another way.",
            )),
            Message::Closed(reason) => self.get(closed(reason)),
            Message::Config(error) => {
                let (least, most) = error.field.range();
                let text = self.get((
                    "config",
                    "This page is not set up correctly: {field} must be a whole number from \
                     {least} to {most}. Tell the site's support.",
                ));
                let text = replace(&text, "field", error.field.name());
                let text = replace(&text, "least", &digits(least));
                replace(&text, "most", &digits(most))
            }
            Message::Dropped(why) => self.dropped(why, format),
            Message::Misconfigured => self.get((
                "misconfigured",
                "Codes cannot be used here at the moment. Tell the site's support.",
            )),
            Message::NumberRefused => self.get((
                "number_refused",
                "This phone number cannot be used. Contact the site's support to change it.",
            )),
            Message::RateLimited(None) => {
                self.get(("rate_limited", "Too many requests. Try again later."))
            }
            Message::RateLimited(Some(seconds)) => self.fill(
                ("rate_limited_for", "Too many requests. Try again in {time}."),
                "time",
                &self.duration(seconds),
            ),
            Message::Sending(Sms) => self.get(("sending_sms", "Sending the code…")),
            Message::Sending(Call) => self.get(("sending_call", "Starting the call…")),
            Message::Sent(Sms) => {
                to_phone(("sent_sms", "Code sent to {to}. It can take a minute to arrive."))
            }
            Message::SentAgain(Sms) => to_phone((
                "sent_again_sms",
                "New code sent to {to}. It can take a minute to arrive.",
            )),
            Message::Sent(Call) | Message::SentAgain(Call) => {
                to_phone(("sent_call", "We are calling {to}. Answer to hear the code."))
            }
            Message::SignInAgain => {
                self.get(("sign_in_again", "This page has been open for too long. Sign in again."))
            }
            Message::TooShort => self.counted(
                format,
                [
                    ("too_short_digits", "Enter all {n} numbers of the code."),
                    ("too_short_alphas", "Enter all {n} letters and numbers of the code."),
                ],
            ),
            Message::Unavailable => self.get((
                "unavailable",
                "The service does not work properly at the moment. Try again.",
            )),
            Message::Unreachable => self.get((
                "unreachable",
                "We could not reach the service. Nothing you typed is lost. Check your \
                 connection and try again.",
            )),
            Message::Verified => self.get(("verified", "Code confirmed.")),
            Message::Verifying => self.get(("verifying", "Checking the code…")),
            Message::Wrong(1) => self.get((
                "wrong_last",
                "That code is not correct. 1 try left, then you need a new code.",
            )),
            Message::Wrong(left) => self.fill(
                (
                    "wrong",
                    "That code is not correct. Check the latest message and try again. {n} tries \
                     left.",
                ),
                "n",
                &digits(u32::from(left)),
            ),
        }
    }

    fn dropped(&self, why: Dropped, format: TokenFormat) -> String {
        match why {
            Dropped::Ambiguous => self.get((
                "dropped_ambiguous",
                "There is more than one code in that text. Type the one you mean.",
            )),
            Dropped::Characters => self.counted(
                format,
                [
                    ("dropped_digits", "Only numbers are used in this code."),
                    (
                        "dropped_alphas",
                        "Only the letters A to Z and numbers are used in this code.",
                    ),
                ],
            ),
            Dropped::Nothing => self.counted(
                format,
                [
                    ("dropped_nothing_digits", "There is no code of {n} numbers in that text."),
                    (
                        "dropped_nothing_alphas",
                        "There is no code of {n} letters and numbers in that text.",
                    ),
                ],
            ),
            Dropped::Surplus => self.counted(
                format,
                [
                    ("dropped_surplus_digits", "The code has only {n} numbers."),
                    ("dropped_surplus_alphas", "The code has only {n} letters and numbers."),
                ],
            ),
        }
    }

    /// A text for digits and one for alphanumerics, with the token's length.
    fn counted(&self, format: TokenFormat, [of_digits, of_alphas]: [Text; 2]) -> String {
        let text = match format.alphabet() {
            Alphabet::Alphanumeric => of_alphas,
            Alphabet::Digits => of_digits,
        };
        // 4 to 20.
        #[allow(clippy::cast_possible_truncation)]
        self.fill(text, "n", &digits(format.length() as u32))
    }

    /// A wait in words: minutes from a minute and a half on.
    fn duration(&self, seconds: u32) -> String {
        match seconds {
            0 | 1 => self.get(("second", "a second")),
            2..=89 => self.fill(("seconds", "{n} seconds"), "n", &digits(seconds)),
            _ => self.fill(("minutes", "{n} minutes"), "n", &digits(seconds.div_ceil(60))),
        }
    }

    fn fill(&self, text: Text, name: &str, value: &str) -> String {
        replace(&self.get(text), name, value)
    }

    fn get(&self, (name, text): Text) -> String {
        // Not an object: `get` throws, and the built-in words stand.
        Reflect::get(&self.own, &JsString::from(name))
            .ok()
            .and_then(|own| own.as_string())
            .unwrap_or_else(|| text.into())
    }
}

const fn closed(reason: ClosedReason) -> Text {
    match reason {
        ClosedReason::Exhausted => {
            ("exhausted", "Too many wrong codes. Ask for a new code to try again.")
        }
        ClosedReason::Expired => ("expired", "The code has expired. Ask for a new code."),
        ClosedReason::Unknown => {
            ("unknown", "This code can no longer be used. Ask for a new code.")
        }
        ClosedReason::Used => {
            ("used", "This code was already used. Ask for a new code if you are not signed in.")
        }
    }
}

/// `text` with `value` in each place of `{name}`. By characters: to search for a string links a
/// search algorithm.
fn replace(text: &str, name: &str, value: &str) -> String {
    let mut parts = text.split('{');
    let mut filled = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let rest = part.strip_prefix(name).and_then(|rest| rest.strip_prefix('}'));
        match rest {
            Some(rest) => {
                filled.push_str(value);
                filled.push_str(rest);
            }
            None => {
                filled.push('{');
                filled.push_str(part);
            }
        }
    }
    filled
}

/// A number in ASCII digits: `to_string` would link the whole of number formatting.
fn digits(mut number: u32) -> String {
    let mut reversed = [0_u8; 10];
    let mut count = 0;
    for digit in &mut reversed {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        count += 1;
        if number == 0 {
            break;
        }
    }
    reversed.iter().take(count).rev().map(|&digit| char::from(digit)).collect()
}
