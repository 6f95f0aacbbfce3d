//! `POST /v1/users/ban`, `POST /v1/users/unban`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::sessions::revoke_all;
use crate::backend::state::Backend;
use crate::domain::{people, users};
use crate::error::Refusal;

/// The most users of one request.
const MAX: usize = 100;

/// Keeps users from signing in and revokes their sessions: all of them or, where one is unknown
/// (404), none. Emits `user.updated` for each, and `session.revoked` for each session.
pub(super) async fn ban(State(backend): State<Arc<Backend>>, form: Form) -> Answer {
    set_banned(&backend, form, true).await
}

/// Lets banned users sign in again: all of them or, where one is unknown (404), none. Emits
/// `user.updated` for each.
pub(super) async fn unban(State(backend): State<Arc<Backend>>, form: Form) -> Answer {
    set_banned(&backend, form, false).await
}

async fn set_banned(backend: &Backend, mut form: Form, banned: bool) -> Answer {
    let mut ids = form.texts("user_ids");
    if ids.is_empty() {
        form.refuse(Refusal::missing("user_ids"));
    }
    if ids.len() > MAX {
        let text = format!("A request names {MAX} users at most.");
        form.refuse(Refusal::format("user_ids", &text));
    }
    form.finish()?;
    // In one order for all requests, so that no two wait for each other.
    ids.sort_unstable();
    ids.dedup();
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut shown: Vec<Value> = Vec::with_capacity(ids.len());
    for id in &ids {
        let mut person = people::get_locked(&mut tx, id).await?;
        person.user.banned = banned;
        users::update(idp, &mut tx, &mut person).await?;
        if banned {
            revoke_all(idp, &mut tx, id).await?;
        }
        shown.push(users::resource(idp, &person));
    }
    tx.commit().await?;
    Ok(Json(json!(shown)))
}
