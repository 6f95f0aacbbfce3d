//! An answer, read to its end.

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::redact;

/// An answer, read to its end.
#[derive(Debug, Clone)]
#[must_use]
pub struct Answer {
    /// What was asked, for messages.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    pub(crate) async fn read(request: String, response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        Self {
            request,
            status,
            headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body with ids, times and URLs replaced, for snapshots.
    #[must_use]
    pub fn redacted(&self) -> Value {
        redact(self.json())
    }

    /// The member `name` of the body, as text.
    #[must_use]
    pub fn text_of(&self, name: &str) -> String {
        let value = self.json()[name].as_str().map(str::to_owned);
        value.unwrap_or_else(|| panic!("no text {name} in {self:?}"))
    }

    /// The body's `id`.
    #[must_use]
    pub fn id(&self) -> String {
        self.text_of("id")
    }

    /// The names `member` of the entries of a page.
    #[must_use]
    pub fn column(&self, member: &str) -> Vec<String> {
        let body = self.json();
        let rows = body["data"]
            .as_array()
            .unwrap_or_else(|| panic!("no page: {self:?}"));
        rows.iter()
            .map(|row| row[member].as_str().unwrap().to_owned())
            .collect()
    }

    /// A header's text, empty where it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The machine code of a problem, after a look at the whole envelope.
    #[must_use]
    pub fn code(&self) -> String {
        let content_type = self.header("content-type");
        assert_eq!(content_type, "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status, "{self:?}");
        assert_eq!(body["requestId"], self.header("x-request-id"), "{self:?}");
        body["code"].as_str().unwrap().to_owned()
    }

    /// `status` or `status CODE`, as tables show it.
    #[must_use]
    pub fn outcome(&self) -> String {
        if self.status < 400 {
            self.status.to_string()
        } else {
            format!("{} {}", self.status, self.code())
        }
    }

    /// Fails unless the status is `status`.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Fails unless this is the problem `code` with `status`.
    #[track_caller]
    pub fn assert_problem(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.code().as_str()),
            (status, code),
            "{self:#?}"
        );
        self
    }

    /// Fails unless this refuses exactly these fields.
    #[track_caller]
    pub fn assert_invalid(self, fields: &[&str]) -> Self {
        let answer = self.assert_problem(422, "VALIDATION_FAILED");
        let body = answer.json();
        let errors = body["errors"].as_array().unwrap();
        let found: Vec<_> = errors
            .iter()
            .map(|e| e["field"].as_str().unwrap())
            .collect();
        assert_eq!(found, fields, "{answer:#?}");
        answer
    }
}
