//! Origins as browsers write them: what is written otherwise is equal to none that a page sends.

use url::Url;

use crate::settings::SettingError;

/// Checks that a browser sends just this as `Origin`.
pub(super) fn check(origin: &str) -> Result<(), SettingError> {
    let refuse = |problem: String| Err(SettingError::new("allowed_origins", problem));
    let Some(sent) = as_sent(origin) else {
        return refuse(
            "each is a scheme and a host, and nothing else, e.g. \"https://login.example.com\"; \
             list each host"
                .into(),
        );
    };
    if sent == origin {
        return Ok(());
    }
    refuse(format!("a browser writes it otherwise: say \"{sent}\""))
}

/// What the browser of a page with this URL sends, if it can be one.
fn as_sent(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    // A password that was written there is not repeated.
    let is_plain = url.username().is_empty() && url.password().is_none();
    let sent = url.origin().ascii_serialization();
    (is_web && is_plain && !sent.contains('*')).then_some(sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_as_a_browser_writes_it() {
        for origin in [
            "https://login.example.com",
            "https://login.example.com:8443",
            "http://localhost:3000",
            "http://[::1]:3000",
            "https://xn--bcher-kva.example",
        ] {
            assert_eq!(check(origin), Ok(()), "{origin}");
        }
    }

    #[test]
    fn what_a_browser_writes_otherwise_is_refused_with_how() {
        for (origin, sent) in [
            ("https://Login.Example.com", "https://login.example.com"),
            ("HTTPS://login.example.com", "https://login.example.com"),
            ("https://login.example.com:443", "https://login.example.com"),
            ("http://login.example.com:80", "http://login.example.com"),
            ("https://login.example.com/", "https://login.example.com"),
            ("https://login.example.com/page?a#b", "https://login.example.com"),
            (" https://login.example.com", "https://login.example.com"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://[2001:DB8:0::1]", "https://[2001:db8::1]"),
        ] {
            let error = check(origin).unwrap_err().to_string();
            assert!(error.ends_with(&format!("say \"{sent}\"")), "{origin}: {error}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for origin in [
            "",
            "*",
            "null",
            "login.example.com",
            "login.example.com:443",
            "https://",
            "https://*.example.com",
            "https://login.example.com:99999",
            "https://ada:hunter2@login.example.com",
            "ftp://login.example.com",
            "https://a b.example",
        ] {
            let error = check(origin).unwrap_err();
            assert_eq!(error.setting(), "allowed_origins");
            let error = error.to_string();
            assert!(error.contains("a scheme and a host") && !error.contains("hunter2"), "{error}");
        }
    }
}
