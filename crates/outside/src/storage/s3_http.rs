//! Sending signed requests: bounds, and a few repetitions of what is safe to repeat.

use std::time::Duration;

use bailiwick_kernel::Env;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Client, Response, redirect};
use url::Url;

use super::s3_answer::error_code;
use super::{S3ConfigError, StorageError};

/// How often a request is sent at most. Each of ours says what shall be, so that sending it twice
/// changes nothing.
const MAX_ATTEMPTS: u32 = 3;

/// The wait before the second attempt, doubled before the third, and up to half of it less by
/// chance.
const FIRST_DELAY: Duration = Duration::from_millis(100);

/// Errors are a few hundred bytes of XML.
const MAX_ERROR_BYTES: usize = 16 * 1024;

/// One signed request.
pub(super) struct Call {
    pub operation: &'static str,
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// The largest body of an answer that is a success.
    pub max_answer_bytes: usize,
}

/// What came back.
pub(super) struct Answer {
    pub operation: &'static str,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The answer itself where it is a success.
    pub(super) fn successful(self) -> Result<Self, StorageError> {
        if self.status.is_success() {
            Ok(self)
        } else {
            Err(self.into_error())
        }
    }

    /// As above, with none for what does not exist. A missing *bucket* is an error.
    pub(super) fn found(self) -> Result<Option<Self>, StorageError> {
        let missing = self.status == StatusCode::NOT_FOUND;
        if missing && error_code(&self.body) != "NoSuchBucket" {
            return Ok(None);
        }
        self.successful().map(Some)
    }

    fn into_error(self) -> StorageError {
        StorageError::Status {
            operation: self.operation,
            status: self.status.as_u16(),
            code: error_code(&self.body),
        }
    }
}

/// The HTTP side of a store.
pub(super) struct S3Http {
    client: Client,
    env: Env,
}

impl S3Http {
    pub(super) fn new(timeout: Duration, env: Env) -> Result<Self, S3ConfigError> {
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(S3ConfigError::Client)?;
        Ok(Self { client, env })
    }

    /// Sends a request until it is answered, other than with the store's own troubles.
    pub(super) async fn send(&self, call: Call) -> Result<Answer, StorageError> {
        let operation = call.operation;
        let mut attempt = 1;
        loop {
            let outcome = match self.attempt(&call).await {
                Ok(answer) if is_trouble(answer.status) => Err(answer.into_error()),
                outcome => outcome,
            };
            let result = if outcome.is_ok() {
                "answered"
            } else {
                "failed"
            };
            metrics::counter!(
                "object_store_requests_total", "operation" => operation, "result" => result
            )
            .increment(1);
            let error = match outcome {
                Err(error) if error.is_transient() && attempt < MAX_ATTEMPTS => error,
                outcome => return outcome,
            };
            tracing::debug!(operation, attempt, %error, "the object store is asked again");
            tokio::time::sleep(self.delay(attempt)).await;
            attempt += 1;
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, StorageError> {
        let operation = call.operation;
        let mut request = self.client.request(call.method.clone(), call.url.clone());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if call.method == Method::PUT {
            // Without it an empty body would go out without a length, which stores refuse.
            request = request.header("content-length", call.body.len());
        }
        let answer = request
            .body(call.body.clone())
            .send()
            .await
            .map_err(|error| transport(operation, error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = if status.is_success() {
            read_bounded(operation, answer, call.max_answer_bytes).await?
        } else {
            // What matters is the status; an error of any other size is no other error.
            read_bounded(operation, answer, MAX_ERROR_BYTES)
                .await
                .unwrap_or_default()
        };
        Ok(Answer {
            operation,
            status,
            headers,
            body,
        })
    }

    fn delay(&self, attempt: u32) -> Duration {
        let whole = FIRST_DELAY.saturating_mul(1 << (attempt - 1));
        let share = f64::from(u16::from_be_bytes(self.env.bytes())) / f64::from(u16::MAX);
        whole.mul_f64(0.5 + share / 2.0)
    }
}

fn is_trouble(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

async fn read_bounded(
    operation: &'static str,
    mut answer: Response,
    max: usize,
) -> Result<Bytes, StorageError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| transport(operation, error))?
    {
        if body.len() + chunk.len() > max {
            return Err(StorageError::TooLarge(max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Without the URL, which is signed and therefore a secret.
fn transport(operation: &'static str, error: reqwest::Error) -> StorageError {
    StorageError::Transport {
        operation,
        source: error.without_url(),
    }
}
