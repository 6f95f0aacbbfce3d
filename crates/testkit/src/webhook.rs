//! Webhooks as the identity provider signs them, well and badly.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;

use crate::{Answer, Persona, TestApp};

/// The secret that the server under test trusts.
pub const SECRET: &str = "whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdCBraXQsIDMyIGI=";

/// A webhook on its way.
#[derive(Debug, Clone)]
pub struct Message {
    /// The message's id: the same for each delivery of it.
    pub id: String,
    /// The body.
    pub body: String,
    /// When it is signed.
    pub at: Timestamp,
    /// With what.
    pub secret: String,
    /// Where it goes.
    pub path: String,
    /// `svix` or `webhook`.
    pub headers: &'static str,
}

impl Message {
    /// A message about `event`, signed now, for the canonical path.
    #[must_use]
    pub fn new(id: &str, event: &Value, at: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            body: event.to_string(),
            at,
            secret: SECRET.to_owned(),
            path: "/api/webhooks/clerk".to_owned(),
            headers: "svix",
        }
    }

    /// The signature header's value.
    #[must_use]
    pub fn signature(&self) -> String {
        let key = STANDARD
            .decode(self.secret.trim_start_matches("whsec_"))
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let signed = format!("{}.{}.{}", self.id, self.at.as_second(), self.body);
        format!(
            "v1,{}",
            STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
        )
    }

    /// Sends it with its own signature.
    pub async fn send(&self, t: &TestApp) -> Answer {
        self.send_signed(&t.anonymous(), &self.signature()).await
    }

    /// Sends it with any signature.
    pub async fn send_signed(&self, from: &Persona, signature: &str) -> Answer {
        let name = |part: &str| format!("{}-{part}", self.headers);
        from.request_at(Method::POST, &self.path)
            .header("content-type", "application/json")
            .header(&name("id"), &self.id)
            .header(&name("timestamp"), self.at.as_second().to_string())
            .header(&name("signature"), signature)
            .body(self.body.clone())
            .send()
            .await
    }
}

impl TestApp {
    /// A message about `event`, signed now, with an id of its own.
    #[must_use]
    pub fn message(&self, event: &Value) -> Message {
        Message::new(&format!("msg_{}", self.number()), event, self.now())
    }

    /// Delivers an event; it is stored and not yet processed. Answers the message's id.
    pub async fn deliver(&self, event: &Value) -> String {
        let message = self.message(event);
        let _ = message.send(self).await.assert_status(200);
        message.id
    }

    /// Delivers what the provider has to say, in order, and processes it.
    pub async fn echo(&self) {
        for event in self.provider.take_events() {
            self.apply(&event).await;
        }
    }

    /// Delivers an event and processes what follows from it.
    pub async fn apply(&self, event: &Value) {
        self.deliver(event).await;
        self.settle().await;
    }
}
