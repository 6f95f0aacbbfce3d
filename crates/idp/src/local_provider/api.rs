//! What access tokens open: descriptions of the person.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::LocalProvider;
use super::flavor::Flavor;
use super::people::Face;

/// The person whose token this is.
fn person(flavor: Flavor, provider: &LocalProvider, headers: &HeaderMap) -> Option<Face> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let now = provider.0.env.now();
    let grant = provider.0.store.access(token?, now);
    grant
        .filter(|grant| grant.flavor == flavor)
        .map(|grant| grant.face)
}

fn answer(found: Option<Value>) -> Response {
    match found {
        Some(value) => Json(value).into_response(),
        None => {
            let body = Json(json!({ "message": "Bad credentials" }));
            (StatusCode::UNAUTHORIZED, body).into_response()
        }
    }
}

/// `GET …/userinfo`.
pub async fn userinfo(
    flavor: Flavor,
    State(provider): State<LocalProvider>,
    headers: HeaderMap,
) -> Response {
    answer(person(flavor, &provider, &headers).map(|face| face.claims(flavor)))
}

/// `GET /user` of GitHub.
pub async fn github_user(State(provider): State<LocalProvider>, headers: HeaderMap) -> Response {
    let found = person(Flavor::GitHub, &provider, &headers);
    answer(found.map(|face| face.github_user()))
}

/// `GET /user/emails` of GitHub.
pub async fn github_emails(State(provider): State<LocalProvider>, headers: HeaderMap) -> Response {
    let found = person(Flavor::GitHub, &provider, &headers);
    answer(found.map(|face| face.github_emails()))
}
