//! What can go wrong, and how Clerk's protocols say it.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The result of everything that may be refused or fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal is the caller's business and is answered in full; the rest is ours, is logged where
/// it is answered, and is told to the caller as an internal error and nothing more.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request was understood and refused.
    #[error("{}", .0.describe())]
    Refused(Box<Refusal>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] bailiwick_pg::Error),
    /// A key, hash or signature could not be made or read.
    #[error("cryptography: {0}")]
    Crypto(String),
    /// A message could not be handed over for delivery.
    #[error(transparent)]
    Mail(#[from] crate::mail::MailError),
    /// Our own data or settings contradict themselves.
    #[error("{0}")]
    Internal(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// One entry of Clerk's `errors` list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Machine-readable; the components choose their text by it.
    pub code: String,
    /// For developers.
    pub message: String,
    /// For people, shown where the code has no translation.
    pub long_message: String,
    /// `param_name` routes the text to a form field.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub meta: Map<String, Value>,
}

/// A refused request: status, reasons, and when to try again.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// At least one reason.
    pub errors: Vec<Item>,
    /// Seconds, for `Retry-After`.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// One reason, whose text serves developers and people.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let item = Item {
            code: code.to_owned(),
            long_message: message.clone(),
            message,
            meta: Map::new(),
        };
        Self {
            status,
            errors: vec![item],
            retry_after: None,
        }
    }

    /// Names the request's field that is to blame.
    #[must_use]
    pub fn param(self, name: &str) -> Self {
        self.meta("param_name", Value::from(name))
    }

    /// Adds to `meta` of the first reason.
    #[must_use]
    pub fn meta(mut self, key: &str, value: Value) -> Self {
        if let Some(item) = self.errors.first_mut() {
            item.meta.insert(key.to_owned(), value);
        }
        self
    }

    /// Says when to come back, in seconds.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// 404: it is not there, or not for this caller to know.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "resource_not_found",
            format!("{what} not found."),
        )
    }

    /// 422: a field that is needed is missing or empty.
    #[must_use]
    pub fn missing(param: &str) -> Self {
        let text = format!("{param} must be included.");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "form_param_missing", text).param(param)
    }

    /// 422: a field that cannot be read as what it should be.
    #[must_use]
    pub fn format(param: &str, text: &str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "form_param_format_invalid",
            text,
        )
        .param(param)
    }

    /// 401: nobody is signed in here.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            "You are signed out.",
        )
    }

    /// 403: known, and not allowed.
    #[must_use]
    pub fn forbidden(text: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not_allowed_access", text)
    }

    fn describe(&self) -> String {
        let codes: Vec<&str> = self.errors.iter().map(|item| item.code.as_str()).collect();
        format!(
            "refused with {}: {}",
            self.status.as_u16(),
            codes.join(", ")
        )
    }

    /// The body, with the trace id that the log line carries too.
    #[must_use]
    pub fn body(&self, trace: &str) -> Value {
        json!({ "errors": self.errors, "clerk_trace_id": trace })
    }
}

impl Error {
    /// What the caller is told.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => (**refusal).clone(),
            Self::Mail(_) => Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "message_not_sent",
                "The message could not be sent. Please try again.",
            )
            .after(5),
            Self::Database(_) | Self::Crypto(_) | Self::Internal(_) => Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_clerk_error",
                "Something went wrong on our side. Please try again.",
            ),
        }
    }

    /// Renders the answer under a trace id and logs what is ours to repair.
    #[must_use]
    pub fn answer(&self, trace: &str) -> Response {
        let refusal = self.refusal();
        if refusal.status.is_server_error() {
            tracing::error!(traceId = trace, error = %self, "identity provider request failed");
        } else {
            tracing::debug!(traceId = trace, error = %self, "identity provider request refused");
        }
        let mut response = (refusal.status, axum::Json(refusal.body(trace))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = refusal.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// An error on its way out, in the extensions of a response: the outermost layer renders it,
/// under its trace id.
#[derive(Clone, Debug)]
pub(crate) struct Shared(std::sync::Arc<Error>);

impl Shared {
    /// What the caller is told; what is ours to repair is logged.
    pub(crate) fn log(&self) -> Refusal {
        let refusal = self.0.refusal();
        if refusal.status.is_server_error() {
            tracing::error!(error = %self.0, "page of the console failed");
        }
        refusal
    }

    pub(crate) fn into_answer(self, trace: &str) -> Response {
        self.0.answer(trace)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.refusal().status.into_response();
        response
            .extensions_mut()
            .insert(Shared(std::sync::Arc::new(self)));
        response
    }
}
