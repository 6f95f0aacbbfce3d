//! `GET /v1/organization_roles`

use std::sync::Arc;

use axum::extract::State;

use super::answer::{Answer, page};
use super::params::Params;
use super::state::Backend;
use crate::domain::roles;
use crate::store::roles::{RoleKey, list as search};

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
