//! `POST /v1/users/{id}/remove_password`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::sessions::revoke_all;
use crate::backend::state::Backend;
use crate::domain::{people, users};
use crate::error::Refusal;

/// Takes a user's password away; where asked, the sessions too. Emits `user.updated`. 404 where
/// there is no such user, 400 where the user has no password.
pub(super) async fn remove(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let sign_out = form.boolean("sign_out_of_other_sessions").unwrap_or(false);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    if person.user.password_digest.is_none() {
        let text = "This user has no password.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "no_password_set", text).into());
    }
    person.user.password_digest = None;
    person.user.password_updated_at = None;
    users::update(idp, &mut tx, &mut person).await?;
    if sign_out {
        revoke_all(idp, &mut tx, &id).await?;
    }
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}
