//! A visitor: a browser without its page. It keeps the cookie, posts forms as the page would, and
//! speaks the widget's contract with the proxy.

// Each test file takes what it needs.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::{path::PathBuf, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use futures_util::StreamExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use mfa_demo::{Account, Demo, Options};
use mfa_emulator::Patience;
use mfa_proxy::Keys;
use serde_json::{Value, json};

/// Where a demo answers. It ends with the test's runtime.
pub struct Site {
    pub url: String,
    pub dist: PathBuf,
}

impl Site {
    pub async fn open() -> Self {
        Self::open_with(Patience::default()).await
    }

    pub async fn open_with(patience: Patience) -> Self {
        let dist = std::env::temp_dir().join(format!("mfa-demo-{:032x}", rand::random::<u128>()));
        let options = Options { port: 0, dist: dist.clone(), keys: Keys::generate() };
        let demo = Demo::bind(options).await.unwrap();
        let url = demo.url().trim_end_matches('/').to_owned();
        tokio::spawn(demo.with_patience(patience).serve(std::future::pending()));
        Self { url, dist }
    }

    pub fn visitor(&self) -> Visitor {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Visitor { client, site: self.url.clone(), cookie: None }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    pub fn json(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    /// The value of the first attribute of this name in the page.
    pub fn attribute(&self, name: &str) -> &str {
        let start = self.text.find(&format!(" {name}=\"")).expect(name) + name.len() + 3;
        self.text[start..].split('"').next().unwrap()
    }
}

#[derive(Clone)]
pub struct Visitor {
    client: Client<HttpConnector, Body>,
    site: String,
    pub cookie: Option<String>,
}

impl Visitor {
    pub async fn opens(&mut self, path: &str) -> Answer {
        self.send(Request::get(format!("{}{path}", self.site)), Body::empty()).await
    }

    /// As a page of this host, where a name is made to lead here.
    pub async fn opens_as(&mut self, host: &str, path: &str) -> Answer {
        let request = Request::get(format!("{}{path}", self.site)).header(header::HOST, host);
        self.send(request, Body::empty()).await
    }

    pub async fn posts(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.posts_with(path, form, &[]).await
    }

    pub async fn posts_with(
        &mut self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = Request::post(format!("{}{path}", self.site))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, body.into()).await
    }

    pub async fn calls(&mut self, path: &str, body: Value) -> Answer {
        let request = Request::post(format!("{}{path}", self.site))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request, body.to_string().into()).await
    }

    pub async fn gives_the_password(&mut self, account: &Account) -> Answer {
        let (username, password) = (account.username, account.password);
        self.posts("/", &[("username", username), ("password", password)]).await
    }

    /// Asks for a code with the ticket of the code page, and reads it in the outbox.
    pub async fn gets_a_code(&mut self, account: &Account, channel: &str) -> (String, String) {
        let page = self.opens("/code").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let ticket = page.attribute("ticket").to_owned();
        let started =
            self.calls(&format!("/mfa/{channel}"), json!({ "ticket": ticket })).await.json();
        (started["id"].as_str().unwrap().to_owned(), self.latest_token(account).await)
    }

    /// What a person reads on their phone.
    pub async fn latest_token(&mut self, account: &Account) -> String {
        let outbox = self.opens(&format!("/_emulator/outbox?to={}", account.number)).await.json();
        outbox[0]["token"].as_str().unwrap().to_owned()
    }

    /// All of the code step but the last form: the receipt as the page would hold it.
    pub async fn verifies(&mut self, account: &Account, channel: &str) -> String {
        let (id, token) = self.gets_a_code(account, channel).await;
        let answer =
            self.calls(&format!("/mfa/{id}/verify"), json!({ "token": token })).await.json();
        answer["receipt"].as_str().unwrap().to_owned()
    }

    pub async fn deletes(&mut self, path: &str) -> Answer {
        self.send(Request::delete(format!("{}{path}", self.site)), Body::empty()).await
    }

    /// Opens an event stream and leaves it open.
    pub async fn listens(&mut self, path: &str) -> Body {
        self.listens_after(path, "").await
    }

    async fn listens_after(&mut self, path: &str, seen: &str) -> Body {
        let mut request =
            Request::get(format!("{}{path}", self.site)).header("last-event-id", seen);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = self.client.request(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Body::new(response.into_body())
    }

    /// The first event of a stream, as it came.
    pub async fn hears(&mut self, path: &str) -> String {
        self.hears_after(path, "").await
    }

    /// The first event after one that was seen.
    pub async fn hears_after(&mut self, path: &str, seen: &str) -> String {
        let mut stream = self.listens_after(path, seen).await.into_data_stream();
        let mut heard = String::new();
        while !heard.contains("\n\n") {
            let more = tokio::time::timeout(Duration::from_secs(10), stream.next()).await;
            let more = more.expect("the stream says something within 10 s");
            let more = more.expect("the stream goes on").unwrap();
            heard.push_str(std::str::from_utf8(&more).unwrap());
        }
        heard
    }

    async fn send(&mut self, mut request: axum::http::request::Builder, body: Body) -> Answer {
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = self.client.request(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(set) = parts.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let pair = set.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        let text = to_bytes(Body::new(body), usize::MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}
