//! Files: the site's own, inside the binary, and the npm package's, from `dist/`.
//!
//! The package is read at each request, so that a rebuild is seen by a reload. Nothing outside of
//! its folder is ever read.

use std::{fs, io, path::PathBuf};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// What a browser does with a file is told by its name.
const TYPES: [(&str, &str); 7] = [
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("svg", "image/svg+xml"),
    ("ts", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
];

macro_rules! site_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../www/assets/", $name)))),*]
    };
}

const SITE: &[(&str, &[u8])] =
    site_files!["demo.js", "mark.svg", "phone.css", "phone.js", "site.css", "voice.js"];

/// The folder with the built npm package.
#[derive(Clone, Debug)]
pub(crate) struct Package(pub(crate) PathBuf);

impl Package {
    /// The module that a page loads. Without it there is nothing to show.
    pub(crate) fn is_built(&self) -> bool {
        self.0.join("define.js").is_file()
    }

    /// What to say when it is not.
    pub(crate) fn how_to_build(&self) -> String {
        format!(
            "The widget is not built: {} has no define.js. Run `npm run build`.",
            self.0.display()
        )
    }
}

/// `/assets/…`, and `/mfa-code/…` with its one folder.
pub(crate) fn routes(package: Package) -> Router {
    Router::new()
        .route("/assets/{name}", get(site_file))
        .route("/mfa-code/{name}", get(package_file))
        .route("/mfa-code/locales/{name}", get(locale))
        .with_state(package)
}

async fn site_file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match SITE.iter().find(|(known, _)| *known == name) {
        Some((_, content)) => file(&name, content.to_vec(), &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn package_file(
    State(package): State<Package>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    packaged(package, "", name, headers).await
}

async fn locale(
    State(package): State<Package>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    packaged(package, "locales", name, headers).await
}

async fn packaged(
    package: Package,
    folder: &'static str,
    name: String,
    headers: HeaderMap,
) -> Response {
    if !is_plain_name(&name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = package.0.join(folder).join(&name);
    let read = tokio::task::spawn_blocking(|| fs::read(path)).await.map_err(io::Error::from);
    // A folder is no file either.
    let absent = [io::ErrorKind::NotFound, io::ErrorKind::IsADirectory];
    match read.flatten() {
        Ok(content) => file(&name, content, &headers),
        Err(problem) if absent.contains(&problem.kind()) && package.is_built() => {
            StatusCode::NOT_FOUND.into_response()
        }
        Err(problem) if absent.contains(&problem.kind()) => {
            tracing::warn!("{}", package.how_to_build());
            (StatusCode::SERVICE_UNAVAILABLE, package.how_to_build()).into_response()
        }
        Err(problem) => {
            tracing::error!("cannot read {name} of the widget: {problem}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// One name in a folder that we have named: no other folder, nothing hidden.
fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !name.starts_with('.') && name.bytes().all(plain)
}

/// The content, or 304 when the browser has it already.
fn file(name: &str, content: Vec<u8>, request: &HeaderMap) -> Response {
    let extension = name.rsplit('.').next().unwrap_or_default();
    let Some((_, content_type)) = TYPES.iter().find(|(known, _)| *known == extension) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&content)[..16]));
    let has_it = request
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let mut response = if has_it {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, *content_type)], content).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Base64 in quotes: always a header value.
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_no_file() {
        for name in ["../Cargo.toml", "..", ".env", "a/b.js", "a\\b.js", "%2e", "a b.js"] {
            assert!(!is_plain_name(name), "{name}");
        }
        assert!(is_plain_name("mfa_code_bg.wasm"));
    }

    #[test]
    fn a_file_that_the_browser_has_is_not_sent_again() {
        let first = file("a.wasm", b"\0asm".to_vec(), &HeaderMap::new());
        assert_eq!(first.headers()[header::CONTENT_TYPE], "application/wasm");
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(file("a.wasm", b"\0asm".to_vec(), &again).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(file("a.wasm", b"\0asm2".to_vec(), &again).status(), StatusCode::OK);
    }
}
