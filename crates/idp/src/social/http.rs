//! Requests to providers: bounded in time and size, redirects not followed.

use std::time::Duration;

use http::StatusCode;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use super::failure::Failure;

/// The largest answer that is read, in bytes. The largest real one is a key set of some 30 KB.
const ANSWER_MAX: usize = 256 * 1024;

/// A client whose requests end within `timeout`, body included.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .timeout(timeout)
        // GitHub refuses requests without a name.
        .user_agent("bailiwick-idp")
        .build()
}

/// Sends a request and reads status and JSON.
pub async fn json(request: RequestBuilder) -> Result<(StatusCode, Value), Failure> {
    let response = request
        .header(http::header::ACCEPT, "application/json")
        .send()
        .await
        .map_err(unreachable)?;
    let status = response.status();
    let body = body(response).await?;
    let value = serde_json::from_slice(&body).map_err(|error| {
        Failure::Answer(format!("status {}, no JSON: {error}", status.as_u16()))
    })?;
    Ok((status, value))
}

/// The same; anything but success is a failure.
pub async fn json_ok(request: RequestBuilder) -> Result<Value, Failure> {
    match json(request).await? {
        (status, value) if status.is_success() => Ok(value),
        (status, _) => Err(Failure::Answer(format!("status {}", status.as_u16()))),
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(Failure::Answer(format!("more than {ANSWER_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The error without the address: an address may carry a token.
fn unreachable(error: reqwest::Error) -> Failure {
    let what = if error.is_timeout() {
        "timed out"
    } else {
        "no connection"
    };
    Failure::Unreachable(format!("{what}: {}", error.without_url()))
}
