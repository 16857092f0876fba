//! TLS to the upstream: rustls with `ring`, and the machine's own trust store.
//!
//! There is no way to switch the check of the certificate off.

use std::error::Error;
use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::settings::SettingError;

/// The client's side of it. Without TLS no trust store is looked for.
pub(super) fn config(needed: bool) -> Result<ClientConfig, SettingError> {
    let fail = |error: rustls::Error| {
        SettingError::new("upstream.base_url", format!("TLS cannot be set up: {error}"))
    };
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(fail)?;
    if !needed {
        return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(fail)?;
    // "Dangerous" is rustls's word for any verifier that is not its own.
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// What was wrong with the TLS, in words of our own, if that is what this error is about.
pub(super) fn problem(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            let rustls::Error::InvalidCertificate(problem) = error else {
                return Some("no TLS session came about");
            };
            return Some(of_certificate(problem));
        }
        next = match error.downcast_ref::<io::Error>() {
            // What is within an I/O error is not its source.
            Some(error) => error.get_ref().map(|within| within as _),
            None => error.source(),
        };
    }
    None
}

fn of_certificate(problem: &CertificateError) -> &'static str {
    use CertificateError as Is;
    if matches!(problem, Is::Expired | Is::ExpiredContext { .. }) {
        "its certificate has expired"
    } else if matches!(problem, Is::NotValidForName | Is::NotValidForNameContext { .. }) {
        "its certificate is for another name"
    } else if matches!(problem, Is::NotValidYet | Is::NotValidYetContext { .. }) {
        "its certificate is not valid yet"
    } else if matches!(problem, Is::UnknownIssuer) {
        "this machine does not trust who issued its certificate"
    } else {
        "its certificate is not valid"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_tls_is_found_however_deep_and_told_in_our_own_words() {
        let of = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
        let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let twice = io::Error::other(of(unknown));
        assert!(problem(&twice).unwrap().contains("does not trust"));
        let expired = rustls::Error::InvalidCertificate(CertificateError::Expired);
        assert!(problem(&expired).unwrap().contains("expired"));
        assert!(problem(&of(rustls::Error::DecryptError)).unwrap().contains("no TLS session"));
        assert_eq!(problem(&io::Error::from(io::ErrorKind::ConnectionRefused)), None);
    }
}
