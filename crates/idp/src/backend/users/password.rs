//! `POST /v1/users/{id}/verify_password`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::json;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::{Backend, person};
use crate::error::Refusal;

/// Whether this is the user's password. 404 where there is no such user, 400 where the user has no
/// password, 422 where it is the wrong one.
pub(super) async fn verify(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let password = form.required("password");
    form.finish()?;
    let mut tx = backend.begin().await?;
    let person = person(&mut tx, &id).await?;
    tx.commit().await?;
    let Some(digest) = &person.user.password_digest else {
        let text = "This user has no password.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "no_password_set", text).into());
    };
    if !backend
        .idp
        .passwords()
        .verify(&password, Some(digest))
        .await?
    {
        let text = "Password is incorrect. Try again, or use another method.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "incorrect_password", text)
            .param("password")
            .into());
    }
    Ok(Json(json!({ "verified": true })))
}
