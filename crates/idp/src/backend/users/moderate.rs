//! `POST /v1/users/{id}/ban`, `…/unban`, `…/lock`, `…/unlock`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::sessions::revoke_all;
use crate::backend::state::Backend;
use crate::domain::{people, users};
use crate::store;
use crate::store::users::User;

/// Keeps a user from signing in and revokes the sessions. Emits `user.updated`, and
/// `session.revoked` for each session.
pub(super) async fn ban(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    moderate(&backend, &id, |user| user.banned = true).await
}

/// Lets a banned user sign in again. Emits `user.updated`.
pub(super) async fn unban(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    moderate(&backend, &id, |user| user.banned = false).await
}

/// Locks a user for as long as too many wrong passwords would. Emits `user.updated`.
pub(super) async fn lock(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let duration = backend.idp.config().lockout.duration;
    let until = store::now(backend.idp.env()).checked_add(duration).ok();
    moderate(&backend, &id, |user| user.locked_until = until).await
}

/// Unlocks a user and forgets the wrong passwords. Emits `user.updated`.
pub(super) async fn unlock(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    moderate(&backend, &id, |user| {
        user.locked_until = None;
        user.failed_attempts = 0;
    })
    .await
}

async fn moderate(backend: &Backend, id: &str, change: impl FnOnce(&mut User)) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, id).await?;
    change(&mut person.user);
    users::update(idp, &mut tx, &mut person).await?;
    if person.user.banned {
        revoke_all(idp, &mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}
