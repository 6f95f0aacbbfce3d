//! `GET /v1/oauth_applications`, `GET /v1/oauth_applications/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::not_found;
use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::model::oauth::application;
use crate::store::oauth::applications as rows;

/// A page of the applications whose name matches, the oldest first where the request does not say
/// otherwise.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order("created_at", |name| {
        (name == "created_at").then_some("created_at")
    })?;
    let descending = params.has("order_by") && order.descending;
    let query = params.text("name_query").unwrap_or_default();
    let mut tx = backend.begin().await?;
    let (found, count) = rows::list(&mut tx, &query, descending, params.page()?).await?;
    tx.commit().await?;
    let shown = found.iter().map(|row| application(&backend.idp, row, None));
    Ok(page(shown.collect(), count))
}

/// An application. 404 where there is none.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = rows::find(&mut tx, &id).await?;
    tx.commit().await?;
    let row = row.ok_or_else(not_found)?;
    Ok(Json(application(&backend.idp, &row, None)))
}
