//! The mailbox over HTTP: a page for people, JSON for programs.

use std::io;

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use uuid::Uuid;

use super::error::MailboxError;
use super::guard;
use super::store::Mailbox;
use crate::listen::{Bound, Server};

const PAGE: &str = include_str!("page/inbox.html");
const SCRIPT: &str = include_str!("page/inbox.js");
const STYLE: &str = include_str!("page/inbox.css");
const ICON: &str = include_str!("page/icon.svg");

/// Mail is shown by itself: no script, no request to anywhere, its links in new tabs.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; \
     default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; \
     frame-ancestors 'self'";

/// Makes links leave the frame.
const MAIL_HEAD: &str = "<!doctype html><meta charset=\"utf-8\"><base target=\"_blank\">";

/// A mailbox that answers over HTTP. It belongs to the async runtime it was started on, and stops
/// when the handle is dropped; the mailbox itself goes on.
#[derive(Debug)]
pub struct MailboxServer {
    server: Server,
}

impl MailboxServer {
    pub(super) async fn start(mailbox: Mailbox, port: u16) -> Result<Self, MailboxError> {
        let bound = Bound::on(port).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => MailboxError::PortTaken { port },
            _ => MailboxError::io(format!("listening on port {port}"))(error),
        })?;
        let server = bound.serve(router(mailbox));
        tracing::info!(port = server.port(), "the mailbox is ready");
        Ok(Self { server })
    }

    /// Where the page is, such as `http://localhost:4402`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.server.port())
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Lets requests in flight end for a few seconds, then stops.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

fn router(mailbox: Mailbox) -> Router {
    let asset = |kind: &'static str, text: &'static str| {
        get(move || async move { ([(CONTENT_TYPE, kind)], text) })
    };
    Router::new()
        .route("/", get(|| async { Html(PAGE) }))
        .route("/inbox.js", asset("text/javascript; charset=utf-8", SCRIPT))
        .route("/inbox.css", asset("text/css; charset=utf-8", STYLE))
        .route("/icon.svg", asset("image/svg+xml", ICON))
        .route("/api/messages", get(list).delete(clear))
        .route("/api/messages/{id}", get(find))
        .route("/messages/{id}", get(show))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn(guard::apply))
        .with_state(mailbox)
}

#[derive(Deserialize)]
struct ListQuery {
    to: Option<String>,
}

/// The messages, newest first. A page that asks again with the `ETag` gets 304 until one arrives.
async fn list(
    State(mailbox): State<Mailbox>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Response {
    // The process is part of it: a version of an earlier one says nothing.
    let e_tag = format!("\"{}-{}\"", std::process::id(), mailbox.version());
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == e_tag.as_bytes())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let messages = mailbox.list(query.to.as_deref());
    let messages: Vec<_> = messages.iter().map(AsRef::as_ref).collect();
    ([(ETAG, e_tag)], Json(messages)).into_response()
}

async fn find(State(mailbox): State<Mailbox>, Path(id): Path<Uuid>) -> Response {
    match mailbox.find(id) {
        Some(message) => Json(message.as_ref()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn clear(State(mailbox): State<Mailbox>) -> Response {
    match mailbox.clear().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(%error, "the mailbox was not cleared");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The markup of a mail, to be shown in a frame.
async fn show(State(mailbox): State<Mailbox>, Path(id): Path<Uuid>) -> Response {
    let message = mailbox.find(id);
    match message.and_then(|message| message.message.html.clone()) {
        Some(html) => (
            [(CONTENT_SECURITY_POLICY, MAIL_POLICY)],
            Html(format!("{MAIL_HEAD}{html}")),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
