//! What a request brings as form or query: pairs, where a name may come more than once.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use serde_json::Value;

use crate::error::{Error, Refusal, Result};

/// The largest form; the components' are below one kilobyte, metadata has 8.
const MAX_BODY: usize = 64 * 1024;
/// The most pairs of a form or query.
const MAX_PAIRS: usize = 256;
/// The largest JSON text in a field, as Clerk bounds metadata.
const MAX_JSON: usize = 8 * 1024;

/// The pairs of a form or query, in their order.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `name=value&…`. Text that is not UTF-8, or holds what no database stores, is refused.
    pub fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let malformed =
            |text: &str| Refusal::new(StatusCode::BAD_REQUEST, "request_body_invalid", text);
        let mut pairs = Vec::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            if pairs.len() == MAX_PAIRS {
                return Err(malformed("Too many parameters."));
            }
            let unfit = |text: &str| text.contains(['\0', char::REPLACEMENT_CHARACTER]);
            if unfit(&name) || unfit(&value) {
                return Err(malformed("Parameters must be valid UTF-8 text."));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    /// The value as it was sent, empty ones included.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value, unless it is missing or empty: the components send `null` as nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// The value; 422 where it is missing or empty.
    pub fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// All values of a name that may be repeated, empty ones left out.
    pub fn all(&self, name: &str) -> Vec<String> {
        let values = self
            .0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty());
        values.map(|(_, value)| value.clone()).collect()
    }

    /// All pairs, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The pairs of other names than these.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let kept = self
            .0
            .iter()
            .filter(|(key, _)| !names.contains(&key.as_str()));
        Self(kept.cloned().collect())
    }

    /// The value, put together again where it came in pieces: the components split values of
    /// queries at commas.
    #[must_use]
    pub fn joined(&self, name: &str) -> Option<String> {
        let values = self.all(name);
        (!values.is_empty()).then(|| values.join(","))
    }

    /// Whether the value is `true`.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }

    /// A whole number; anything else counts as missing.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// A JSON object in the value, where there is one.
    pub fn object(&self, name: &str) -> Result<Option<Value>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let refused = |text: &str| Err(Refusal::format(name, text));
        if text.len() > MAX_JSON {
            return refused("The value is too large.");
        }
        // PostgreSQL stores no NUL, also none that JSON escapes.
        match serde_json::from_str::<Value>(text) {
            Ok(value) if value.is_object() && !text.contains("\\u0000") => Ok(Some(value)),
            _ => refused("The value must be a JSON object."),
        }
    }
}

/// The body of a request as a form, read to its end before anything else is done. No body is an
/// empty form.
pub struct Form(pub Fields);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(|value| value.trim().to_ascii_lowercase());
        let body = to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| {
            let text = "The request body is too large or was cut off.";
            Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "request_body_too_large",
                text,
            )
        })?;
        if body.is_empty() {
            return Ok(Self(Fields::default()));
        }
        if kind.as_deref() != Some("application/x-www-form-urlencoded") {
            let text = "The Content-Type must be application/x-www-form-urlencoded.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Refusal::new(status, "unsupported_content_type", text).into());
        }
        Ok(Self(Fields::parse(&body)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_repeated_and_empty_values() {
        let fields =
            Fields::parse(b"email_address=a%40x&email_address=b%40x&first_name=&flag=true&n=3")
                .unwrap();
        assert_eq!(fields.all("email_address"), ["a@x", "b@x"]);
        assert_eq!(
            (fields.raw("first_name"), fields.get("first_name")),
            (Some(""), None)
        );
        assert!(fields.flag("flag") && !fields.flag("first_name"));
        assert_eq!(fields.number("n"), Some(3));
        assert_eq!(fields.require("none").unwrap_err().status, 422);
    }

    #[test]
    fn refuses_what_is_no_text() {
        assert!(Fields::parse(b"a=%ff").is_err());
        assert!(Fields::parse(b"a=%00").is_err());
        assert!(Fields::parse("a=1&".repeat(257).as_bytes()).is_err());
        let object = |text: &str| Fields(vec![("m".to_owned(), text.to_owned())]).object("m");
        assert!(object("{\"a\":1}").unwrap().is_some());
        for bad in [
            "[]",
            "{",
            "{\"a\":\"\\u0000\"}",
            &format!("{{\"a\":\"{}\"}}", "x".repeat(9000)),
        ] {
            assert!(object(bad).is_err(), "{bad}");
        }
    }
}
