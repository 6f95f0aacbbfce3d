//! `GET /v1/machines`, `GET /v1/machines/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::{find_locked, show, show_one};
use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::store::machines as rows;

/// A page of the machines whose name or id matches, the newest first where the request does not
/// say otherwise.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order("created_at", |name| match name {
        "created_at" => Some("created_at"),
        "name" => Some("name"),
        _ => None,
    })?;
    let query = params.text("query").unwrap_or_default();
    let mut tx = backend.begin().await?;
    let (found, count) =
        rows::list(&mut tx, &query, order.key, order.descending, params.page()?).await?;
    let shown = show(&backend.idp, &mut tx, &found).await?;
    tx.commit().await?;
    Ok(page(shown, count))
}

/// A machine. 404 where there is none.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let machine = find_locked(&mut tx, &id).await?;
    let shown = show_one(&backend.idp, &mut tx, &machine).await?;
    tx.commit().await?;
    Ok(Json(shown))
}
