//! A receiver of webhooks that does as it is told and remembers what it got.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::tls::{Identity, TlsListener};
use super::until;

/// The next answer.
#[derive(Clone, Copy)]
pub enum Reply {
    Status(u16),
    RetryAfter(u16, &'static str),
    /// Never answers.
    Hang,
    /// Answers so, and begins a body that never ends.
    Endless(u16),
}

/// A request as it arrived.
#[derive(Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Default)]
struct Seen {
    replies: VecDeque<Reply>,
    received: Vec<Received>,
    redirect: Option<String>,
}

/// Listens on a port of its own. Answers 200 unless told otherwise.
pub struct Receiver {
    pub url: Url,
    seen: Arc<Mutex<Seen>>,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub fn start_on(listener: TcpListener) -> Self {
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        Self::serve(&url, listener)
    }

    /// By TLS, with a certificate of one's choice.
    pub async fn start_tls(identity: Identity) -> Self {
        Self::start_tls_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), identity)
    }

    pub fn start_tls_on(listener: TcpListener, identity: Identity) -> Self {
        let url = format!("https://{}/hooks", listener.local_addr().unwrap());
        Self::serve(&url, TlsListener::new(listener, identity))
    }

    fn serve<L: Listener<Addr: std::fmt::Debug>>(url: &str, listener: L) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let app = Router::new()
            .route("/hooks", axum::routing::post(receive))
            .with_state(Arc::clone(&seen));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let url = url.parse().unwrap();
        Self { url, seen, serving }
    }

    /// The same address with another certificate.
    pub async fn restart_tls(self, identity: Identity) -> Self {
        let address = self.url.socket_addrs(|| None).unwrap()[0];
        self.serving.abort();
        self.serving.await.unwrap_err();
        let listener = TcpListener::bind(address).await.unwrap();
        Self::start_tls_on(listener, identity)
    }

    /// Answers the next requests so, in this order.
    pub fn reply(&self, replies: &[Reply]) {
        self.seen.lock().unwrap().replies.extend(replies);
    }

    /// Sends every request elsewhere from now on.
    pub fn redirect(&self, url: &str) {
        self.seen.lock().unwrap().redirect = Some(url.to_owned());
    }

    pub fn received(&self) -> Vec<Received> {
        self.seen.lock().unwrap().received.clone()
    }

    /// Waits for the request number `count` and returns all.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        until(&format!("{count} webhooks"), || async {
            let received = self.received();
            (received.len() >= count).then_some(received)
        })
        .await
    }
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether one of the signatures was made with `secret`, computed here and not by the sender.
    pub fn verifies_with(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let mut content = format!(
            "{}.{}.",
            self.header("svix-id"),
            self.header("svix-timestamp")
        )
        .into_bytes();
        content.extend_from_slice(&self.body);
        self.header("svix-signature").split(' ').any(|entry| {
            let signature = STANDARD.decode(entry.strip_prefix("v1,").unwrap()).unwrap();
            hmac::verify(&key, &content, &signature).is_ok()
        })
    }
}

async fn receive(
    State(seen): State<Arc<Mutex<Seen>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = {
        let mut seen = seen.lock().unwrap();
        seen.received.push(Received { headers, body });
        if let Some(url) = &seen.redirect {
            return (StatusCode::TEMPORARY_REDIRECT, [("location", url.clone())]).into_response();
        }
        seen.replies.pop_front().unwrap_or(Reply::Status(200))
    };
    match reply {
        Reply::Status(status) => (StatusCode::from_u16(status).unwrap(), "said so").into_response(),
        Reply::RetryAfter(status, value) => (
            StatusCode::from_u16(status).unwrap(),
            [("retry-after", value)],
        )
            .into_response(),
        Reply::Hang => std::future::pending().await,
        Reply::Endless(status) => {
            let body = futures::stream::repeat(Ok::<_, Infallible>(Bytes::from("and so on, ")));
            let status = StatusCode::from_u16(status).unwrap();
            (status, Body::from_stream(body)).into_response()
        }
    }
}
