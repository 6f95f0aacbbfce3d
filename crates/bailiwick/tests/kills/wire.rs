//! Requests and what their answers mean to somebody who keeps a ledger.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::machine::Environment;

/// Why a step did not come to its end.
#[derive(Debug)]
pub enum Stop {
    /// No answer, or the answer of a server that is dying: it may have happened or not.
    Cut(String),
    /// An answer that must not be.
    Wrong(String),
}

/// How a step went.
pub type Step<T> = Result<T, Stop>;

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    what: String,
}

/// Sends a request; an answer of the kind 5xx proves nothing but `503 TENANT_PROVISIONING`.
/// Waits where too many were sent.
pub async fn send(what: &str, request: RequestBuilder) -> Step<Answer> {
    loop {
        let again = request.try_clone().unwrap();
        let response = again.send().await.map_err(|e| cut(what, &e))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.map_err(|e| cut(what, &e))?.to_vec();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let seconds = headers
                .get("retry-after")
                .and_then(|v| v.to_str().ok()?.parse().ok());
            tokio::time::sleep(Duration::from_secs(seconds.unwrap_or(1))).await;
            continue;
        }
        let answer = Answer {
            status,
            headers,
            bytes,
            what: what.to_owned(),
        };
        if status.is_server_error() && answer.code() != "TENANT_PROVISIONING" {
            return Err(Stop::Cut(answer.describe()));
        }
        return Ok(answer);
    }
}

fn cut(what: &str, error: &reqwest::Error) -> Stop {
    Stop::Cut(format!("{what}: {error:?}"))
}

impl Answer {
    /// The body as JSON, `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The code of a problem, or of the first error of the Frontend API.
    pub fn code(&self) -> String {
        let json = self.json();
        let code = json["code"]
            .as_str()
            .or_else(|| json["errors"][0]["code"].as_str());
        code.unwrap_or_default().to_owned()
    }

    /// The body of an answer that is a success; anything else must not be.
    pub fn acknowledged(&self) -> Step<Value> {
        if self.status.is_success() {
            Ok(self.json())
        } else {
            Err(self.wrong())
        }
    }

    /// This answer must not be.
    pub fn wrong(&self) -> Stop {
        Stop::Wrong(self.describe())
    }

    fn describe(&self) -> String {
        let body = String::from_utf8_lossy(&self.bytes);
        let body: String = body.chars().take(600).collect();
        format!("{} answered {}: {body}", self.what, self.status)
    }
}

/// A member of an answer that must be a text.
pub fn text(value: &Value, path: &str) -> Step<String> {
    let found = value.pointer(path).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| Stop::Wrong(format!("no {path} in {value}")))
}

/// Where the parts of a running machine are, and a way to them.
#[derive(Clone)]
pub struct World {
    pub client: Client,
    /// The origin of the page, as a browser names it.
    pub origin: String,
    /// The same by address.
    pub app: String,
    pub mail: String,
    pub backend: String,
    pub backend_key: String,
}

impl World {
    /// The machine of `environment`, seen from 127.0.0.`host`.
    pub fn new(environment: &Environment, host: u8) -> Self {
        let by_address = |name: &str| environment[name].replace("localhost", "127.0.0.1");
        // On Linux the whole network 127.0.0.0/8 is this machine; so people have different addresses.
        let from = cfg!(target_os = "linux").then_some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)));
        let client = Client::builder()
            .timeout(Duration::from_secs(20))
            .local_address(from)
            .build();
        Self {
            client: client.unwrap(),
            origin: environment["APP_URL"].clone(),
            app: by_address("APP_URL"),
            mail: by_address("MAIL_URL"),
            backend: format!("{}/v1", environment["CLERK_API_URL"]),
            backend_key: environment["CLERK_SECRET_KEY"].clone(),
        }
    }
}
