//! `GET /v1/organizations`

use std::sync::Arc;

use axum::extract::State;

use super::read::Extras;
use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::store::search::organizations::{OrganizationFilter, OrganizationKey, list as search};

/// A page of the organizations that match.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let extras = Extras::read(&params)?;
    let order = params.order(OrganizationKey::CreatedAt, OrganizationKey::parse)?;
    let filter = OrganizationFilter {
        query: params.text("query").unwrap_or_default(),
        users: params.among("user_id"),
        organizations: params.among("organization_id"),
    };
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &filter, order, params.page()?).await?;
    tx.commit().await?;
    Ok(page(
        rows.iter()
            .map(|row| extras.show(&backend.idp, row))
            .collect(),
        count,
    ))
}
