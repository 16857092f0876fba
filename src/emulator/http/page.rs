//! `/_emulator/`: the page that shows what was delivered, as a phone would.
//!
//! Four files inside the binary, under a policy that lets nothing else in: no inline script or
//! style, no other origin, and no way from text to markup.

use axum::{
    Router,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::emulator::Emulator;

pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

pub(crate) fn routes() -> Router<Emulator> {
    let page = async || file("text/html; charset=utf-8", include_str!("../page/index.html"));
    let style = async || file("text/css; charset=utf-8", include_str!("../page/page.css"));
    let script = async || file("text/javascript; charset=utf-8", include_str!("../page/page.js"));
    let icon = async || file("image/svg+xml", include_str!("../page/icon.svg"));
    Router::new()
        .route("/_emulator/", get(page))
        .route("/_emulator/page.css", get(style))
        .route("/_emulator/page.js", get(script))
        .route("/_emulator/icon.svg", get(icon))
}

fn file(content_type: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, content_type)], content).into_response()
}
