//! The road from the proxy to the upstream: how many came by, and what happens there that the
//! emulator does not do by itself.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use mfa_proxy::Settings;
use tokio::sync::oneshot;

use crate::world::World;

/// The road. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Road {
    came: Arc<AtomicUsize>,
    next: Arc<Mutex<VecDeque<Happens>>>,
}

/// What happens to the next one who comes by.
pub(crate) enum Happens {
    /// The work is done, or is not, and no answer ever comes.
    Hangs { works: bool },
    /// This happens once the question is there; then it is answered.
    Meanwhile(Box<dyn FnOnce() + Send>),
    /// The work is done, or is not, and this is the answer.
    Says { works: bool, status: u16, retry_after: Option<&'static str>, body: &'static str },
    /// Everything waits for this; then it is answered.
    Waits(oneshot::Receiver<()>),
}

impl Road {
    /// A world whose upstream is at the end of a road.
    pub(crate) async fn world(change: impl FnOnce(&mut Settings)) -> (World, Self) {
        let road = Self::default();
        let layer = middleware::from_fn_with_state(road.clone(), travel);
        (World::behind(|upstream| upstream.layer(layer), change).await, road)
    }

    pub(crate) fn next(&self, happens: Happens) {
        self.next.lock().unwrap().push_back(happens);
    }

    /// How many questions came to the upstream.
    pub(crate) fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }

    /// Until so many have come.
    pub(crate) async fn has_seen(&self, so_many: usize) {
        while self.came() < so_many {
            tokio::task::yield_now().await;
        }
    }
}

async fn travel(State(road): State<Road>, request: Request, next: Next) -> Response {
    road.came.fetch_add(1, Ordering::SeqCst);
    let happens = road.next.lock().unwrap().pop_front();
    match happens {
        None => next.run(request).await,
        Some(Happens::Hangs { works }) => {
            if works {
                next.run(request).await;
            }
            std::future::pending().await
        }
        Some(Happens::Meanwhile(done)) => {
            done();
            next.run(request).await
        }
        Some(Happens::Says { works, status, retry_after, body }) => {
            if works {
                next.run(request).await;
            }
            let html = if body.starts_with('<') { "text/html" } else { "application/json" };
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            let mut response = (status, [(CONTENT_TYPE, html)], body).into_response();
            if let Some(said) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, said.parse().unwrap());
            }
            response
        }
        Some(Happens::Waits(until)) => {
            let _ = until.await;
            next.run(request).await
        }
    }
}
