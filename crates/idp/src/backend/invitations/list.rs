//! `GET /v1/invitations`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::invitations as acts;
use crate::error::Result;
use crate::store;
use crate::store::invitations::list as search;
use crate::store::organization_invitations::InvitationKey;

/// The invitations that match: a bare list, or a page where that is asked for. Without a status,
/// those that were not revoked.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order(InvitationKey::CreatedAt, InvitationKey::parse)?;
    let mut statuses = params.list("status");
    if statuses.is_empty() {
        statuses = ["pending", "accepted", "expired"]
            .map(str::to_owned)
            .to_vec();
    }
    let query = params.text("query").unwrap_or_default();
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &statuses, &query, order, params.page()?, now).await?;
    tx.commit().await?;
    let shown = rows.iter().map(|row| acts::resource(&backend.idp, row));
    let shown = shown.collect::<Result<Vec<_>>>()?;
    if params.boolean("paginated")? == Some(true) {
        return Ok(page(shown, count));
    }
    Ok(Json(Value::Array(shown)))
}
