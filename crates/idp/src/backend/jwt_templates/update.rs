//! `PATCH /v1/jwt_templates/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::fields::{apply, taken};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::model::jwt_template::jwt_template;
use crate::store::{self, jwt_templates};

/// Changes what the request names. 404 where there is no such template.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let row = jwt_templates::find_locked(&mut tx, &id).await?;
    let mut row = row.ok_or_else(|| Refusal::not_found("JWT template"))?;
    apply(idp, &mut form, &mut row)?;
    form.finish()?;
    let now = store::now(idp.env());
    jwt_templates::save(&mut tx, &mut row, now)
        .await
        .map_err(taken)?;
    tx.commit().await?;
    Ok(Json(jwt_template(&row)))
}
