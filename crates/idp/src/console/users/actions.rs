//! What can be done to a user.

use axum::extract::Path;
use axum::response::Response;

use super::super::{State, back};
use crate::domain::{people, sessions, users};
use crate::error::Result;
use crate::store;
use crate::store::users::User;

/// `POST …/ban`: ends all sessions and keeps the user out. 404 where there is no such user.
pub(in super::super) async fn ban(state: State, Path(id): Path<String>) -> Result<Response> {
    change(&state, &id, "banned", |user| user.banned = true).await
}

/// `POST …/unban`. 404 where there is no such user.
pub(in super::super) async fn unban(state: State, Path(id): Path<String>) -> Result<Response> {
    change(&state, &id, "unbanned", |user| user.banned = false).await
}

/// `POST …/lock`: for as long as too many wrong passwords would. 404 where there is no such user.
pub(in super::super) async fn lock(state: State, Path(id): Path<String>) -> Result<Response> {
    let duration = state.idp.config().lockout.duration;
    let until = store::now(state.idp.env()).checked_add(duration).ok();
    change(&state, &id, "locked", |user| user.locked_until = until).await
}

/// `POST …/unlock`: forgets the wrong passwords too. 404 where there is no such user.
pub(in super::super) async fn unlock(state: State, Path(id): Path<String>) -> Result<Response> {
    change(&state, &id, "unlocked", |user| {
        user.locked_until = None;
        user.failed_attempts = 0;
    })
    .await
}

async fn change(
    state: &State,
    id: &str,
    done: &str,
    change: impl FnOnce(&mut User),
) -> Result<Response> {
    let idp = &state.idp;
    let mut tx = state.begin().await?;
    let mut person = people::get_locked(&mut tx, id).await?;
    change(&mut person.user);
    users::update(idp, &mut tx, &mut person).await?;
    if person.user.banned {
        sessions::revoke_all(idp, &mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(back(&format!("/console/users/{id}"), done))
}

/// `POST …/delete`. 404 where there is no such user.
pub(in super::super) async fn delete(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    users::delete(&state.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(back("/console/users", "deleted"))
}
