//! The identity provider as the server under test sees it: a key set, and nobody else home.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use tokio::net::TcpListener;

/// Answers every request for a key set with `jwks`, and any other with 404, for as long as the
/// runtime lives.
///
/// # Errors
/// No port of this machine is free.
pub async fn start(jwks: String) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let keys = get(async move || ([(header::CONTENT_TYPE, "application/json")], jwks));
    let router = Router::new()
        .route("/.well-known/jwks.json", keys)
        .fallback(StatusCode::NOT_FOUND);
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(address)
}
