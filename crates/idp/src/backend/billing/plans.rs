//! `GET /v1/billing/plans`

use std::sync::Arc;

use axum::extract::State;
use serde_json::Value;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::error::Result;
use crate::model::billing::catalog::plan;
use crate::store::billing::catalog::Catalog;

/// A page of the plans that can be chosen, hidden ones too. 422 for an unknown type of payer.
pub(in crate::backend) async fn list(
    State(backend): State<Arc<Backend>>,
    params: Params,
) -> Answer {
    let payer_type = super::items::payer_type(&params)?;
    let bounds = params.page()?;
    let mut tx = backend.begin().await?;
    let catalog = Catalog::load(&mut tx, &[]).await?;
    tx.commit().await?;
    let plans = catalog.plans.iter().filter(|plan| {
        plan.is_offered() && (payer_type.is_empty() || plan.payer_type == payer_type)
    });
    let total = i64::try_from(plans.clone().count()).unwrap_or(i64::MAX);
    let data: Result<Vec<Value>> = plans
        .skip(usize::try_from(bounds.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(bounds.limit).unwrap_or(0))
        .map(|own| plan(&catalog, own))
        .collect();
    Ok(page(data?, total))
}
