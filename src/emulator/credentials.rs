//! Credentials: the project ID and API token of HTTP Basic authentication.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;

/// Who may call the API. `Debug` shows neither half.
#[derive(Clone)]
pub struct Credentials {
    /// The user name of Basic authentication.
    pub project_id: String,
    /// Its password.
    pub api_token: String,
}

/// The placeholders of the source document, so that its own requests work as they are printed.
impl Default for Credentials {
    fn default() -> Self {
        Self { project_id: "YourProjectID".to_owned(), api_token: "YourAuthToken".to_owned() }
    }
}

impl Credentials {
    /// Whether an `Authorization` header holds these credentials.
    ///
    /// The comparison takes the same time wherever a wrong value differs.
    pub(crate) fn admit(&self, authorization: &[u8]) -> bool {
        let Some((project_id, api_token)) = basic(authorization) else { return false };
        let project_id = self.project_id.as_bytes().ct_eq(&project_id);
        let api_token = self.api_token.as_bytes().ct_eq(&api_token);
        (project_id & api_token).into()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// The user name and password of a Basic header. The user name ends at the first colon.
fn basic(authorization: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (scheme, encoded) = authorization.split_at_checked("Basic ".len())?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim_ascii()).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    Some((decoded[..colon].to_vec(), decoded[colon + 1..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(user_and_password: &str) -> bool {
        let header = format!("Basic {}", STANDARD.encode(user_and_password));
        Credentials::default().admit(header.as_bytes())
    }

    #[test]
    fn both_halves_must_be_right() {
        assert!(admits("YourProjectID:YourAuthToken"));
        for wrong in [
            "YourProjectID:",
            ":YourAuthToken",
            "YourProjectID:YourAuthToken2",
            "yourprojectid:YourAuthToken",
            "YourProjectID",
            "",
        ] {
            assert!(!admits(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_token_may_hold_colons() {
        let credentials = Credentials { project_id: "p".into(), api_token: "a:b".into() };
        assert!(credentials.admit(format!("bAsIc {}", STANDARD.encode("p:a:b")).as_bytes()));
    }

    #[test]
    fn what_is_no_basic_header_admits_nobody() {
        for header in ["", "Basic", "Basic ", "Basic !!!", "Bearer WW91clByb2plY3RJRA=="] {
            assert!(!Credentials::default().admit(header.as_bytes()), "{header}");
        }
    }

    #[test]
    fn credentials_print_nothing() {
        assert_eq!(format!("{:?}", Credentials::default()), "Credentials(…)");
    }
}
