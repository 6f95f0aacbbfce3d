//! `/v1/users/{id}/verify_totp`, `…/totp`, `…/backup_code`, `…/mfa`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::json;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::{factors, people};
use crate::error::Refusal;
use crate::store::backup_codes;

/// Whether this is a code of the user's authenticator, or an unspent backup code: it is spent by
/// the answer. 404 where there is no such user, 400 where the user has no second factor, 422 where
/// it is the wrong one.
pub(super) async fn verify(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let code = form.required("code");
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    if !person.factors.has_totp {
        let text = "This user has no authenticator application.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "totp_disabled", text).into());
    }
    let code_type = if factors::totp::check(idp, &mut tx, &id, &code).await? {
        "totp"
    } else if factors::backup_codes::spend(idp, &mut tx, &id, &code).await? {
        factors::changed(idp, &mut tx, &mut person).await?;
        "backup_code"
    } else {
        let text = "Incorrect code";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "form_code_incorrect", text)
            .param("code")
            .into());
    };
    tx.commit().await?;
    Ok(Json(json!({ "verified": true, "code_type": code_type })))
}

/// Removes the user's authenticator. Emits `user.updated`. 404 where there is no such user or no
/// authenticator.
pub(super) async fn delete_totp(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    factors::totp::remove(&backend.idp, &mut tx, &mut person).await?;
    tx.commit().await?;
    Ok(Json(json!({ "user_id": id })))
}

/// Removes the user's backup codes. Emits `user.updated`. 404 where there is no such user or no
/// code is left.
pub(super) async fn delete_backup_codes(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    if !person.factors.has_backup_codes {
        return Err(Refusal::not_found("Backup code").into());
    }
    backup_codes::delete(&mut tx, &id).await?;
    factors::changed(&backend.idp, &mut tx, &mut person).await?;
    tx.commit().await?;
    Ok(Json(json!({ "user_id": id })))
}

/// Removes all second factors of the user. Emits `user.updated`. 404 where there is no such user.
pub(super) async fn delete_all(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    factors::remove_all(&backend.idp, &mut tx, &mut person).await?;
    tx.commit().await?;
    Ok(Json(json!({ "user_id": id })))
}
