//! `GET /v1/billing/plans`

use std::sync::Arc;

use axum::extract::State;
use serde_json::Value;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::error::Result;
use crate::model;
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
    let fits = |of: &str| payer_type.is_empty() || of == payer_type;
    let plans = catalog.plans.iter();
    let plans: Vec<_> = plans
        .filter(|plan| plan.is_offered() && fits(&plan.payer_type))
        .collect();
    let shown = bounds.of(&plans).iter().map(|own| plan(&catalog, own));
    let data = shown.collect::<Result<Vec<Value>>>()?;
    Ok(page(data, model::count(&plans)))
}
