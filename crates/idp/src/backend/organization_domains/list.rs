//! `GET /v1/organizations/{id}/domains`, `GET /v1/organization_domains`

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organization_domains as acts;
use crate::domain::organizations;
use crate::error::Result;
use crate::store::organization_domains::{DomainFilter, DomainKey, list as search};

/// A page of an organization's domains that match. 404 where there is no such organization.
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    organizations::get(&mut tx, &id).await?;
    tx.commit().await?;
    show(&backend, &params, Some(id)).await
}

/// A page of the domains of all organizations that match.
pub(super) async fn all(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let organization_id = params.text("organization_id");
    show(&backend, &params, organization_id).await
}

async fn show(
    backend: &Backend,
    params: &Params,
    organization_id: Option<String>,
) -> Result<axum::Json<serde_json::Value>> {
    let order = params.order(DomainKey::CreatedAt, DomainKey::parse)?;
    let lower = |text: String| text.to_lowercase();
    let filter = DomainFilter {
        organization_id,
        is_verified: params.boolean("verified")?,
        modes: params.among("enrollment_mode"),
        query: params.text("query").unwrap_or_default(),
        names: params.list("domains").into_iter().map(lower).collect(),
    };
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &filter, order, params.page()?).await?;
    tx.commit().await?;
    let shown = rows.iter().map(|row| acts::resource(&backend.idp, row));
    Ok(page(shown.collect(), count))
}
