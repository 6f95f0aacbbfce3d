//! `GET /v1/organization_roles`, `GET /v1/organization_roles/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use bailiwick_pg::Tx;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::{role_definitions as acts, roles};
use crate::store::roles::{Role, RoleKey, list as search};

/// A page of the roles that match.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order(RoleKey::CreatedAt, RoleKey::parse)?;
    let query = params.text("query").unwrap_or_default();
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &[], &query, order, params.page()?).await?;
    let shown = roles::resources(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(page(shown, count))
}

/// A role. 404 where there is none of that id.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let role = acts::get(&mut tx, &id).await?;
    show(tx, role).await
}

/// Commits, and answers with the role.
pub(super) async fn show(mut tx: Tx, role: Role) -> Answer {
    let mut shown = roles::resources(&mut tx, &[role]).await?;
    tx.commit().await?;
    Ok(Json(shown.pop().unwrap_or_default()))
}
