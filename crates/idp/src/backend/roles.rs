//! `GET /v1/organization_roles`

use std::sync::Arc;

use axum::extract::State;

use super::answer::{Answer, page};
use super::params::Params;
use super::state::Backend;
use crate::model::role::role;
use crate::store;

/// The roles that members of organizations can have.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let mut tx = backend.begin().await?;
    let (roles, count) = store::roles::list(&mut tx, params.page()?).await?;
    tx.commit().await?;
    Ok(page(roles.iter().map(role).collect(), count))
}
