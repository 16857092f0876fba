//! What is wrong with the text of the file, in words that have none of its values: somebody may
//! have written a secret there, and what is said here goes into logs.

use std::path::Path;

use crate::settings::SettingError;

/// The setting that every one of these errors names.
const CONFIG: &str = "config";

/// A key is named if it is no longer than this. What is longer is not one of ours.
const LONGEST_KEY: usize = 40;

/// Where a secret belongs that stands in the file under one of these names.
const SECRETS: [(&[&str], &str, &str); 5] = [
    (&["api_token", "token"], "MFA_API_TOKEN", "upstream.api_token_file"),
    (&["api_key"], "MFA_API_KEY", "api_key_file"),
    (&["sealing", "sealing_key", "sealing_keys"], "MFA_SEALING_KEYS", "keys.sealing_file"),
    (&["receipt", "receipt_key", "receipt_keys"], "MFA_RECEIPT_KEYS", "keys.receipt_file"),
    (&["store_password", "password"], "MFA_STORE", "store_file"),
];

/// The error without the line that it is about, which it has for people.
pub(super) fn told(error: &toml::de::Error, text: &str, path: Option<&Path>) -> SettingError {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let number = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let key = text.split('\n').nth(number - 1).and_then(key);
    let mut place = path.map(|path| format!("{}, ", path.display())).unwrap_or_default();
    place.push_str(&format!("line {number}"));
    let secret = key.and_then(|key| {
        SECRETS.iter().find(|(names, ..)| names.contains(&key.to_ascii_lowercase().as_str()))
    });
    let problem = match (secret, key) {
        (Some((_, variable, file)), _) => {
            format!(
                "secrets are not in the file; set {variable}, or {file} to a file that holds it"
            )
        }
        (None, key) => {
            let problem = without_values(error.message());
            let key = key.filter(|key| !problem.contains(&format!("`{key}`")));
            key.map(|key| format!("{key}: ")).unwrap_or_default() + &problem
        }
    };
    SettingError::new(CONFIG, format!("{place}: {problem}"))
}

/// The name that the line gives a value, if it can be one.
fn key(line: &str) -> Option<&str> {
    let key = line.split_once('=')?.0.trim();
    is_key(key).then_some(key)
}

fn is_key(text: &str) -> bool {
    let dotted = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
    !text.is_empty() && text.len() <= LONGEST_KEY && text.chars().all(dotted)
}

/// The message, with `…` for what stood in the file. That is in double quotes, or in backticks
/// before what was expected in its place; names of settings stay.
fn without_values(message: &str) -> String {
    // The last one is not the file's: what was expected in a value's place has none of it.
    let (said, expected) = match message.rfind(", expected ") {
        Some(at) => message.split_at(at),
        None => (message, ""),
    };
    let mut told = String::new();
    let mut rest = said;
    while let Some(at) = rest.find(['"', '`']) {
        let (before, quoted) = rest.split_at(at);
        let (mark, value) = quoted.split_at(1);
        told.push_str(before);
        // To its last one: what is quoted may have one within.
        let end = value.rfind(mark).unwrap_or(value.len());
        let value = &value[..end];
        let is_name = mark == "`" && said.contains("field") && is_key(value);
        told.push_str(&format!("{mark}{}{mark}", if is_name { value } else { "…" }));
        rest = quoted.get(end + 2..).unwrap_or_default();
    }
    told + rest + expected
}

#[cfg(test)]
mod tests {
    use crate::settings::file::File;

    fn said(text: &str) -> String {
        File::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn no_mistake_in_the_file_has_its_value_told() {
        for text in [
            "[upstream]\napi_token = \"hunter2\"",
            "[upstream]\napi_token = hunter2",
            "[upstream]\ntoken = hunter2",
            "api_key = \"hunter2\"",
            "api_key = \"hunter2",
            "[keys]\nsealing = \"hunter2\"",
            "[keys]\nreceipt = ['hunter2', 'hunter2']",
            "store = redis://:hunter2@r:6379/0",
            "store = \"redis://:hunter2@r:6379/0",
            "store = [\"redis://:hunter2@r:6379/0\"]",
            "store = { password = 'hunter2' }",
            "store_timeout_ms = \"hunter2\"",
            "store_timeout_ms = \"a \\\" hunter2 \\\" b\"",
            "stop_delay_ms = 'hunter2` hunter2'",
            "mode = \"hunter2\"",
            "mode = 'a \" hunter2'",
            "forwarded_header = \"hunter2\"",
            "\"api key hunter2\" = 1",
            "\"hunter2, expected `hunter2`\" = 1",
            "PTsecret-hunter2 = 1",
            "hunter2",
            "= hunter2",
            "[hunter2",
            "limits.sends_in_all = ['hunter2']",
            "limits = 'hunter2'",
            "policies.x.valid_for = 'hunter2'",
            "policies.x.channels = ['hunter2']",
        ] {
            let told = said(text);
            assert!(told.starts_with("config: line "), "{text}: {told}");
            assert!(!told.contains("hunter2"), "{text}: {told}");
        }
        // Not 123456 either.
        let told = said("issuer = 123456");
        assert!(!told.contains("123456") && told.contains("line 1: issuer: invalid type"));
    }

    #[test]
    fn the_line_the_key_and_what_was_expected_are_told() {
        let told = said("\n\nmode = 'visitr'\n");
        let expected = "config: line 3: mode: unknown variant `…`, expected `ticket` or `visitor`";
        assert_eq!(told, expected);
        let told = said("[upstream]\ntimeout_ms = 'long'\n");
        let expected = "config: line 2: timeout_ms: invalid type: string \"…\", expected u32";
        assert_eq!(told, expected);
        let told = said("[policies.x]\ndigits = 6");
        assert!(told.contains("line 2: unknown field `digits`, expected one of"), "{told}");
    }

    #[test]
    fn where_a_secret_belongs_is_told_to_whoever_wrote_it_into_the_file() {
        for (text, variable) in [
            ("[upstream]\napi_token = 'PT0'", "MFA_API_TOKEN"),
            ("api_key = 'PT0'", "MFA_API_KEY"),
            ("[keys]\nsealing = 'PT0'", "MFA_SEALING_KEYS"),
            ("[keys]\nreceipt = ['PT0']", "MFA_RECEIPT_KEYS"),
        ] {
            let told = said(text);
            let hint = format!("secrets are not in the file; set {variable}, or");
            assert!(told.contains(&hint), "{told}");
        }
    }
}
