//! Where a request goes: the endpoint's base URL and a path below it.

use alloc::string::String;

/// Schemes after which a `/` must come, or nothing can be posted to them at all.
const WITHOUT_A_PATH: [&str; 8] =
    ["about", "blob", "data", "file", "http", "https", "javascript", "mailto"];

/// The URL of a path below the endpoint: the path of `base` grows, its query stays behind, its
/// fragment goes. `None` where there is no path that could grow.
#[must_use]
pub fn url_below(base: &str, path: &[&str]) -> Option<String> {
    let (mut url, mut query) = (String::new(), String::new());
    for character in base.trim_ascii().chars() {
        match character {
            '#' => break,
            '?' => query.push(character),
            _ if query.is_empty() => url.push(character),
            _ => query.push(character),
        }
    }
    if url.is_empty() {
        return None;
    }
    while url.ends_with('/') {
        url.pop();
    }
    if is_opaque(&url) {
        return None;
    }
    for part in path {
        url.push('/');
        url.push_str(part);
    }
    url.push_str(&query);
    Some(url)
}

/// Whether no path can follow it: the scheme of a host and a port was forgotten, or the scheme is
/// one that wants a `/` first. One that is not known may be a page's own.
fn is_opaque(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    !scheme.contains('/')
        && match rest.bytes().next() {
            Some(b'/') => false,
            Some(b'0'..=b'9') => true,
            _ => WITHOUT_A_PATH.iter().any(|it| scheme.eq_ignore_ascii_case(it)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sms(base: &str) -> Option<String> {
        url_below(base, &["sms"])
    }

    #[test]
    fn the_path_grows_and_the_query_stays() {
        for (base, url) in [
            ("/mfa", "/mfa/sms"),
            ("/mfa/", "/mfa/sms"),
            ("/mfa//", "/mfa/sms"),
            ("/", "/sms"),
            ("mfa", "mfa/sms"),
            ("./mfa", "./mfa/sms"),
            ("..", "../sms"),
            ("/mfa?tenant=7", "/mfa/sms?tenant=7"),
            ("/mfa/?tenant=7", "/mfa/sms?tenant=7"),
            ("/?tenant=7", "/sms?tenant=7"),
            ("/mfa?", "/mfa/sms?"),
            ("/mfa?next=/a/?b#c", "/mfa/sms?next=/a/?b"),
            ("/mfa#top", "/mfa/sms"),
            ("/mfa#top?tenant=7", "/mfa/sms"),
            (" /mfa\n", "/mfa/sms"),
            ("//api.example/mfa", "//api.example/mfa/sms"),
            ("https://api.example", "https://api.example/sms"),
            ("https://api.example?tenant=7", "https://api.example/sms?tenant=7"),
            ("https://api.example:8443/mfa/?a=1&b=2", "https://api.example:8443/mfa/sms?a=1&b=2"),
            ("capacitor://localhost/mfa", "capacitor://localhost/mfa/sms"),
            ("/a:b", "/a:b/sms"),
            ("mock:slow", "mock:slow/sms"),
        ] {
            assert_eq!(sms(base).as_deref(), Some(url), "{base:?}");
        }
        assert_eq!(
            url_below("/mfa?tenant=7", &["id", "verify"]).as_deref(),
            Some("/mfa/id/verify?tenant=7")
        );
    }

    #[test]
    fn what_has_no_path_to_grow_is_no_endpoint() {
        for base in [
            "",
            " ",
            "?tenant=7",
            "#mfa",
            "localhost:8080/mfa",
            "127.0.0.1:8080/mfa",
            "data:text/plain,mfa",
            "mailto:mfa@site.example",
            "javascript:mfa",
            "blob:https://site.example/1",
            "https:mfa",
            "https://",
        ] {
            assert_eq!(sms(base), None, "{base:?}");
        }
    }
}
