//! Actor tokens, and the sessions that they open.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::{Known, Provider, found, refusal};
use crate::fixtures::text;

/// Where a browser would use a ticket. Nobody does in tests: see [`Provider::use_ticket`].
const TICKETS: &str = "http://provider.example/v1/tickets/accept?ticket=";

impl Known {
    fn number(&self) -> usize {
        self.actor_tokens.len() + self.sessions.len()
    }
}

impl Provider {
    /// What a browser does with the link of an actor token: the session that it opens. Refused for
    /// a ticket that was used, taken back or never made.
    pub fn use_ticket(&self, url: &str) -> Result<Value, String> {
        let mut known = self.known();
        let number = known.number();
        let at = known.tick();
        let id = url.strip_prefix(TICKETS).unwrap_or_default();
        let token = known.actor_tokens.get_mut(id);
        let token = token.ok_or_else(|| "unknown".to_owned())?;
        if token["status"] != "pending" {
            return Err(text(token, "status"));
        }
        token["status"] = json!("accepted");
        let session = json!({
            "object": "session", "id": format!("sess_{number}"), "client_id": "client_1",
            "user_id": token["user_id"], "actor": token["actor"], "status": "active",
            "created_at": at, "updated_at": at,
        });
        known.sessions.insert(text(&session, "id"), session.clone());
        Ok(session)
    }

    /// The status of a session of [`Provider::use_ticket`].
    #[must_use]
    pub fn session_status(&self, id: &str) -> String {
        text(&self.known().sessions[id], "status")
    }
}

pub(super) async fn create(
    State(provider): State<Provider>,
    axum::Json(wanted): axum::Json<Value>,
) -> Response {
    let mut known = provider.known();
    if !known.users.contains_key(&text(&wanted, "user_id")) {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    }
    let (number, at) = (known.number(), known.tick());
    let id = format!("act_{number}");
    let token = json!({
        "object": "actor_token", "id": id, "status": "pending", "user_id": wanted["user_id"],
        "actor": wanted["actor"], "created_at": at, "updated_at": at,
    });
    known.actor_tokens.insert(id.clone(), token.clone());
    let mut answer = token;
    answer["token"] = id.clone().into();
    answer["url"] = format!("{TICKETS}{id}").into();
    found(Some(&answer))
}

pub(super) async fn revoke(State(provider): State<Provider>, Path(id): Path<String>) -> Response {
    let mut known = provider.known();
    match known.actor_tokens.get_mut(&id) {
        Some(token) if token["status"] == "pending" => {
            token["status"] = json!("revoked");
            found(Some(token))
        }
        Some(_) => refusal(StatusCode::BAD_REQUEST, "actor_token_cannot_be_revoked"),
        None => found(None),
    }
}

#[derive(serde::Deserialize)]
pub(super) struct Filter {
    user_id: String,
    status: String,
}

pub(super) async fn list_sessions(
    State(provider): State<Provider>,
    Query(filter): Query<Filter>,
) -> Response {
    let known = provider.known();
    let sessions = known.sessions.values().filter(|session| {
        session["user_id"] == filter.user_id.as_str() && session["status"] == filter.status.as_str()
    });
    axum::Json(sessions.cloned().collect::<Vec<_>>()).into_response()
}

pub(super) async fn revoke_session(
    State(provider): State<Provider>,
    Path(id): Path<String>,
) -> Response {
    let mut known = provider.known();
    let session = known.sessions.get_mut(&id);
    if let Some(session) = session {
        session["status"] = json!("revoked");
        return found(Some(session));
    }
    found(None)
}
