//! Answers.

use axum::Json;
use axum::response::Response;
use serde_json::Value;

use crate::error::{Result, Shared};
use crate::model;

/// What a handler returns: a resource, or why there is none.
pub(super) type Answer = Result<Json<Value>>;

/// Renders the error that a response carries, if it carries one.
pub(super) fn render(mut response: Response, trace: &str) -> Response {
    match response.extensions_mut().remove::<Shared>() {
        Some(error) => error.into_answer(trace),
        None => response,
    }
}

/// A page of a list, with the number of all there are.
pub(super) fn page(data: Vec<Value>, total_count: i64) -> Json<Value> {
    Json(model::page(data, total_count))
}
