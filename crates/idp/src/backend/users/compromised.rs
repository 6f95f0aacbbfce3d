//! `POST /v1/users/{id}/password/set_compromised` and `…/unset_compromised`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::sessions::revoke_all;
use crate::backend::state::Backend;
use crate::domain::{passwords, people, users};
use crate::error::Refusal;

/// The user replaces the password at the next sign-in. Emits `user.updated`, and
/// `session.revoked` for each session where the request asks for it. 404 where there is no such
/// user, 400 where the user has no password.
pub(super) async fn set(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let revoke = form.boolean("revoke_all_sessions").unwrap_or(false);
    form.finish()?;
    mark(&backend, &id, true, revoke).await
}

/// The password may be used after all. Emits `user.updated`. 404 where there is no such user.
pub(super) async fn unset(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    mark(&backend, &id, false, false).await
}

async fn mark(backend: &Backend, id: &str, is_compromised: bool, revoke: bool) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, id).await?;
    if is_compromised && person.user.password_digest.is_none() {
        let text = "This user has no password.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "no_password_set", text).into());
    }
    passwords::set_compromised(&mut tx, &mut person, is_compromised).await?;
    users::update(idp, &mut tx, &mut person).await?;
    if revoke {
        revoke_all(idp, &mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}
