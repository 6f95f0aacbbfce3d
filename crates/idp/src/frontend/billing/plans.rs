//! Plans, for everybody to see.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::model;
use crate::model::billing::catalog::plan;
use crate::store::Page;
use crate::store::billing::catalog::Catalog;

/// `GET /v1/billing/plans`: a page of the visible plans, without an envelope. Anybody. 422 for an
/// unknown type of payer.
pub async fn list(State(frontend): State<Frontend>, meta: Meta) -> Result<Json<Value>> {
    let payer_type = match meta.query.get("payer_type") {
        None | Some("user" | "org") => meta.query.get("payer_type"),
        Some(_) => {
            let text = "The payer type must be user or org.";
            return Err(Refusal::format("payer_type", text).into());
        }
    };
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut tx = frontend.idp.pool().begin().await?;
    let catalog = Catalog::load(&mut tx, &[]).await?;
    tx.commit().await?;
    let fits = |of: &str| payer_type.is_none_or(|wanted| wanted == of);
    let plans = catalog.plans.iter();
    let plans: Vec<_> = plans
        .filter(|plan| plan.is_offered() && plan.is_visible && fits(&plan.payer_type))
        .collect();
    let shown = page.of(&plans).iter().map(|own| plan(&catalog, own));
    let data = shown.collect::<Result<Vec<Value>>>()?;
    Ok(Json(model::page(data, model::count(&plans))))
}

/// `GET /v1/billing/plans/{id or slug}`, without an envelope. Anybody; 404 for a plan that cannot
/// be chosen.
pub async fn get(State(frontend): State<Frontend>, Path(id): Path<String>) -> Result<Json<Value>> {
    let mut tx = frontend.idp.pool().begin().await?;
    let catalog = Catalog::load(&mut tx, &[]).await?;
    tx.commit().await?;
    let own = catalog
        .offered(&id)
        .ok_or_else(|| Refusal::not_found("Plan"))?;
    Ok(Json(plan(&catalog, own)?))
}
