//! `GET /v1/jwt_templates` and `GET /v1/jwt_templates/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::model::jwt_template::jwt_template;
use crate::store::jwt_templates;

/// The templates, the newest first: a bare list, or with their number where the request says
/// `paginated=true`.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let is_paginated = params.boolean("paginated")?.unwrap_or(false);
    let mut tx = backend.begin().await?;
    let (rows, count) = jwt_templates::list(&mut tx, params.page()?).await?;
    tx.commit().await?;
    let shown: Vec<Value> = rows.iter().map(jwt_template).collect();
    Ok(if is_paginated {
        page(shown, count)
    } else {
        Json(Value::Array(shown))
    })
}

/// A template. 404 where there is none.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = jwt_templates::find(&mut tx, &id).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| Refusal::not_found("JWT template"))?;
    Ok(Json(jwt_template(&row)))
}
