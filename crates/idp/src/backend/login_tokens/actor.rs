//! `POST /v1/actor_tokens`, `POST /v1/actor_tokens/{id}/revoke`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value};

use super::seconds;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::login_tokens::{self, NewToken, Purpose, url};
use crate::error::Refusal;
use crate::model::login_token::login_token;

/// How long a token can be used where the request does not say, in seconds.
const LIFETIME: i64 = 3600;
/// How long its session lasts where the request does not say, in seconds.
const SESSION: i64 = 1800;
/// The most that is said of an actor, in bytes of JSON: it is part of every session token.
const ACTOR_MAX: usize = 512;

/// Makes a token with which somebody else signs in as the user; the session and its tokens name
/// the actor. 404 where there is no such user, 422 where the actor is the user or has an actor.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let new = NewToken {
        purpose: Purpose::Actor,
        user_id: form.required("user_id"),
        organization_id: None,
        actor: Some(Value::Object(actor(&mut form))),
        session_seconds: Some(seconds(
            &mut form,
            "session_max_duration_in_seconds",
            SESSION,
        )),
        redirect_url: None,
        lifetime: seconds(&mut form, "expires_in_seconds", LIFETIME),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let (token, ticket) = login_tokens::create(&backend.idp, &mut tx, new).await?;
    tx.commit().await?;
    let url = url(&backend.idp, &ticket);
    Ok(Json(login_token(&token, Some((&ticket, &url)))))
}

fn actor(form: &mut Form) -> Map<String, Value> {
    let Some(actor) = form.object("actor") else {
        form.refuse(Refusal::missing("actor"));
        return Map::new();
    };
    let sub = actor.get("sub").and_then(Value::as_str);
    if sub.is_none_or(|sub| sub.trim().is_empty()) {
        form.refuse(Refusal::format("actor", "The actor must have a sub."));
    }
    if Value::Object(actor.clone()).to_string().len() > ACTOR_MAX {
        let text = format!("The actor is larger than {ACTOR_MAX} bytes.");
        form.refuse(Refusal::format("actor", &text));
    }
    actor
}

/// Takes a token back that was not used yet. 404 where there is none, 400 where it is too late.
pub(super) async fn revoke(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let token = login_tokens::revoke(&backend.idp, &mut tx, Purpose::Actor, &id).await?;
    tx.commit().await?;
    Ok(Json(login_token(&token, None)))
}
