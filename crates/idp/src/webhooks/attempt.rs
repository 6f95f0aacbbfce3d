//! One try: a signed POST and what came of it.

use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bailiwick_kernel::Env;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use url::Url;

use super::target::{Guarded, Reach, admits};
use super::{claim::Claimed, schedule::Hint};

/// How much of an answer is kept for whoever looks for the fault, in bytes.
const EXCERPT: usize = 1024;
const USER_AGENT: &str = concat!("Bailiwick-Webhooks/", env!("CARGO_PKG_VERSION"));

/// The bounds of an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Where it may go.
    pub reach: Reach,
    /// How long a receiver has to accept an event.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reach: Reach::default(),
            // As with Clerk.
            timeout: Duration::from_secs(15),
        }
    }
}

/// What an attempt saw.
pub(super) struct Attempt {
    pub at: Timestamp,
    pub duration: Duration,
    pub result: Result<Answer, Failure>,
}

/// An answer, of whatever status.
pub(super) struct Answer {
    pub status: StatusCode,
    /// The beginning of the body.
    pub excerpt: String,
    pub retry_after: Option<SignedDuration>,
}

/// No answer.
pub(super) struct Failure {
    pub message: String,
    pub timed_out: bool,
}

impl Attempt {
    /// Delivered: 2xx, and nothing else.
    pub(super) fn is_success(&self) -> bool {
        self.result
            .as_ref()
            .is_ok_and(|answer| answer.status.is_success())
    }

    /// The receiver says that it is gone for good.
    pub(super) fn is_gone(&self) -> bool {
        self.result
            .as_ref()
            .is_ok_and(|answer| answer.status == StatusCode::GONE)
    }

    /// When the receiver would like the next attempt.
    pub(super) fn hint(&self) -> Hint {
        match &self.result {
            Ok(answer) => Hint {
                overloaded: answer.status == StatusCode::TOO_MANY_REQUESTS,
                retry_after: answer.retry_after,
            },
            Err(failure) => Hint {
                overloaded: failure.timed_out,
                retry_after: None,
            },
        }
    }
}

/// The client for all attempts: goes nowhere beyond `reach`, follows no redirect, asks no proxy.
/// Each attempt has its own bound in time.
pub(super) fn client(reach: impl Fn() -> Reach + Send + Sync + 'static) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(USER_AGENT)
        .dns_resolver(Arc::new(Guarded(reach)))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .http1_only()
        .build()
}

/// Sends a delivery under a fresh timestamp. Never fails: not to reach anybody is a result.
pub(super) async fn send(
    client: &Client,
    env: &Env,
    delivery: &Claimed,
    limits: Limits,
) -> Attempt {
    let at = env.now();
    let started = Instant::now();
    let is_admitted = Url::parse(&delivery.url).is_ok_and(|url| admits(&url, limits.reach));
    let result = if is_admitted {
        post(client, at, delivery, limits.timeout)
            .await
            .map_err(|error| Failure {
                timed_out: error.is_timeout(),
                message: describe(&error),
            })
    } else {
        Err(Failure {
            timed_out: false,
            message: String::from("the settings do not allow webhooks to this address"),
        })
    };
    Attempt {
        at,
        duration: started.elapsed(),
        result,
    }
}

async fn post(
    client: &Client,
    at: Timestamp,
    delivery: &Claimed,
    timeout: Duration,
) -> reqwest::Result<Answer> {
    let body = delivery.payload.as_bytes();
    let signatures: Vec<String> = delivery
        .secrets
        .iter()
        .map(|secret| secret.sign(&delivery.message_id, at, body))
        .collect();
    let response = client
        .post(&delivery.url)
        .timeout(timeout)
        .header(CONTENT_TYPE, "application/json")
        .header("svix-id", &delivery.message_id)
        .header("svix-timestamp", at.as_second().to_string())
        .header("svix-signature", signatures.join(" "))
        .body(body.to_vec())
        .send()
        .await?;
    let status = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| retry_after(value, at));
    Ok(Answer {
        status,
        retry_after,
        excerpt: excerpt(response).await,
    })
}

/// `Retry-After` in either form of RFC 9110 §10.2.3: seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<SignedDuration> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(SignedDuration::from_secs(seconds.into()));
    }
    let date = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
    Some(date.duration_since(now).max(SignedDuration::ZERO))
}

/// The first bytes of a body. The status has decided by now, so a body that breaks off is none.
async fn excerpt(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < EXCERPT {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    bytes.truncate(EXCERPT);
    // PostgreSQL stores every character but this one.
    String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}")
}

/// The error and its causes in one line, without the URL, which may carry a secret.
fn describe(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() {
        String::from("timed out")
    } else if error.is_connect() {
        String::from("could not connect")
    } else {
        String::from("request failed")
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_seconds_or_as_a_date() {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let seconds = |value| retry_after(value, now).map(|delay| delay.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Fri, 02 Jan 2026 03:05:05 GMT"), Some(60));
        assert_eq!(seconds("Fri, 02 Jan 2026 03:00:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("-5"), None);
    }
}
