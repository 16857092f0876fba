//! The built-in words: for each thing that is said its name and a sentence in plain English.
//!
//! `{n}`, `{to}`, `{time}` and the like are filled in.

macro_rules! texts {
    ($($variant:ident = $name:literal: $text:literal,)*) => {
        /// One of the texts, by its place in [`LINES`]: a byte, so that a choice is a table of
        /// bytes.
        #[derive(Clone, Copy)]
        pub(crate) enum Text {
            $($variant),*
        }

        /// How many there are.
        const COUNT: usize = [$(Text::$variant),*].len();

        /// A name, a blank and the text, line by line. In one piece, since each pointer to a piece
        /// would be bytes that no compressor finds again.
        const LINES: &str = concat!($($name, " ", $text, "\n"),*);
    };
}

texts! {
    Label = "label": "Security code",

    SendSms = "send_sms": "Text me a code",
    SendCall = "send_call": "Call me with a code",
    AgainSms = "again_sms": "Send a new code",
    AgainCall = "again_call": "Call me again",
    InsteadSms = "instead_sms": "Text me instead",
    InsteadCall = "instead_call": "Call me instead",
    Retry = "retry": "Try again",
    Wait = "wait": "in {time}",
    ReadBack = "read_back": "Read the code out",

    HintDigits = "hint_digits": "The code has {n} numbers. Never share it with anyone.",
    HintAlphas = "hint_alphas": "The code has {n} letters and numbers. Never share it with anyone.",
    Until = "until": "This code works until {time}.",
    Lookalikes = "lookalikes":
        "Look closely: O and 0, and I, l and 1, are easily mixed up. Capital and small letters \
        count.",
    Required = "required": "Confirm the code first.",

    SendingSms = "sending_sms": "Sending the code…",
    SendingCall = "sending_call": "Starting the call…",
    SentSms = "sent_sms": "Code sent to {to}. It can take a minute to arrive.",
    SentAgainSms = "sent_again_sms": "New code sent to {to}. It can take a minute to arrive.",
    SentCall = "sent_call": "We are calling {to}. Answer to hear the code.",
    Phone = "phone": "your phone",
    Late = "late": "No text message yet? You can ask for a new code.",
    LateCall = "late_call": "No text message yet? We can call you instead.",
    ExpiresIn = "expires_in": "This code stops working in {time}.",
    Filled = "filled": "Code filled in.",
    Verifying = "verifying": "Checking the code…",
    Verified = "verified": "Code confirmed.",
    Elsewhere = "elsewhere": "The code was confirmed in another tab.",
    Empty = "empty": "The field is empty.",
    Capital = "capital": "capital {c}",

    Wrong = "wrong":
        "That code is not correct. Check the latest message and try again. {n} tries left.",
    WrongLast = "wrong_last": "That code is not correct. 1 try left, then you need a new code.",
    TooShortDigits = "too_short_digits": "Enter all {n} numbers of the code.",
    TooShortAlphas = "too_short_alphas": "Enter all {n} letters and numbers of the code.",

    DroppedDigits = "dropped_digits": "Only numbers are used in this code.",
    DroppedAlphas = "dropped_alphas": "Only the letters A to Z and numbers are used in this code.",
    DroppedSurplusDigits = "dropped_surplus_digits": "The code has only {n} numbers.",
    DroppedSurplusAlphas = "dropped_surplus_alphas": "The code has only {n} letters and numbers.",
    DroppedAmbiguous = "dropped_ambiguous":
        "There is more than one code in that text. Type the one you mean.",
    DroppedNothingDigits = "dropped_nothing_digits":
        "There is no code of {n} numbers in that text.",
    DroppedNothingAlphas = "dropped_nothing_alphas":
        "There is no code of {n} letters and numbers in that text.",

    Expired = "expired": "The code has expired. Ask for a new code.",
    Exhausted = "exhausted": "Too many wrong codes. Ask for a new code to try again.",
    Used = "used": "This code was already used. Ask for a new code if you are not signed in.",
    Unknown = "unknown": "This code can no longer be used. Ask for a new code.",

    AskFirst = "ask_first": "Ask for a code first.",
    Unreachable = "unreachable":
        "We could not reach the service. Check your connection and try again.",
    UnreachableKept = "unreachable_kept":
        "We could not reach the service. Your code is still here. Check your connection and try \
        again.",
    BackOnline = "back_online": "You are connected again. Try again.",
    Unavailable = "unavailable": "The service does not work properly at the moment. Try again.",
    RateLimited = "rate_limited": "Too many requests. Try again later.",
    RateLimitedFor = "rate_limited_for": "Too many requests. Try again in {time}.",
    ChannelUnavailable = "channel_unavailable":
        "This number cannot be reached this way. Choose another way.",
    NumberRefused = "number_refused":
        "This phone number cannot be used. Contact the site's support to change it.",
    SignInAgain = "sign_in_again": "This page has been open for too long. Sign in again.",
    Misconfigured = "misconfigured":
        "Codes cannot be used here at the moment. Tell the site's support.",
    Config = "config":
        "This page is not set up correctly: {field} must be a whole number from {least} to \
        {most}. Tell the site's support.",

    Second = "second": "a second",
    Seconds = "seconds": "{n} seconds",
    Minutes = "minutes": "{n} minutes",
}

/// Where each line begins, and where the last one ends. To look for it whenever something is said
/// took a slow phone longer than all else that is done to say it.
static BEGIN: [u16; COUNT + 1] = {
    let bytes = LINES.as_bytes();
    let mut begin = [0; COUNT + 1];
    let (mut at, mut line): (u16, usize) = (0, 0);
    while line < COUNT {
        if bytes[at as usize] == b'\n' {
            line += 1;
            begin[line] = at + 1;
        }
        at += 1;
    }
    begin
};

impl Text {
    /// By which a page or a language has words of its own.
    pub(crate) fn name(self) -> &'static str {
        self.line().0
    }

    /// What is said where neither has.
    pub(crate) fn english(self) -> &'static str {
        self.line().1
    }

    fn line(self) -> (&'static str, &'static str) {
        let begin = |line: usize| BEGIN.get(line).map_or(0, |at| usize::from(*at));
        let piece = |from, to| LINES.get(from..to).unwrap_or_default();
        let (from, to) = (begin(self as usize), begin(self as usize + 1));
        let blank = LINES.bytes().skip(from).position(|byte| byte == b' ').unwrap_or(0);
        (piece(from, from + blank), piece(from + blank + 1, to - 1))
    }
}
