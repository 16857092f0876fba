//! The upstream's Basic authentication.

use axum::http::header::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secret::ApiToken;
use crate::settings::SettingError;

/// The header's value, marked so that nothing on the way prints it.
pub(super) fn basic(project_id: &str, api_token: &ApiToken) -> Result<HeaderValue, SettingError> {
    let pair = STANDARD.encode(format!("{project_id}:{}", api_token.expose()));
    let mut value = HeaderValue::try_from(format!("Basic {pair}"))
        .map_err(|_| SettingError::new("upstream.api_token", "cannot be put into a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_basic_and_does_not_print() {
        let value = basic("Aladdin", &ApiToken::new("open sesame")).unwrap();
        assert_eq!(value.as_bytes(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(format!("{value:?}"), "Sensitive");
    }
}
