//! The least that can be built of axum and reqwest: every request is passed on, and its answer
//! back. It has no rule and no protection, and shows what of the proxy's time is not its own.
//!
//! It is this very program, called with another word.

use std::env;
use std::io::{self, Write as _};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use reqwest::Client;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpListener;

use crate::servers::basic;

/// The word by which it is called; the address of the emulator follows.
pub(crate) const WORD: &str = "pass-through";

/// Passes requests on, if that is what this process was called for.
pub(crate) fn run() -> Option<Result<()>> {
    let mut words = env::args().skip(1);
    (words.next()? == WORD).then(|| serve(&words.next().context("to whom?")?))
}

fn serve(upstream: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let client = Client::builder().tls_backend_preconfigured(tls).no_proxy().build()?;
        let base = format!("http://{upstream}/api/relay/rest/mfa");
        let app = Router::new().fallback(move |request: Request| {
            let (client, base) = (client.clone(), base.clone());
            async move { pass(&client, &base, request).await.map_err(|_| StatusCode::BAD_GATEWAY) }
        });
        writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
        axum::serve(listener, app).await?;
        Ok(())
    })
}

async fn pass(client: &Client, base: &str, request: Request) -> Result<Response> {
    let url = format!("{base}{}", request.uri().path());
    let body = to_bytes(request.into_body(), 16 * 1024).await?;
    let response = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, basic())
        .body(body)
        .send()
        .await?;
    let status = response.status();
    Ok((status, [(CONTENT_TYPE, "application/json")], response.bytes().await?).into_response())
}
