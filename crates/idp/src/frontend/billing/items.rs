//! The items of a subscription.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::{Ids, MANAGE, READ};
use crate::domain::billing::{account, cancel};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::billing::subscription::around;
use crate::model::billing::{Api, item};
use crate::store::billing::items;

/// `GET …/billing/subscription_items`: those that are not over. Permission
/// `org:sys_billing:read`.
pub async fn list(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, READ).await?;
    let idp = visit.idp.clone();
    let account = account::read(&idp, &mut visit.tx, &owner).await?;
    let around = around(idp.config(), idp.keys().instance_id(), &account);
    let data: Result<Vec<Value>> = account
        .items
        .iter()
        .map(|row| item::item(&around, row, Api::Frontend))
        .collect();
    let data = data?;
    let total = model::count(&data);
    visit.answer(model::page(data, total)).await
}

/// `DELETE …/billing/subscription_items/{of}`: cancels it. What was paid stays in force until its
/// period ends. Permission `org:sys_billing:manage`; 404 for an item of somebody else, 400 for the
/// default plan and what is over.
pub async fn cancel(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let idp = visit.idp.clone();
    let mut account = account::lock(&idp, &mut visit.tx, &owner).await?;
    let row = items::find(&mut visit.tx, &ids.of)
        .await?
        .filter(|row| row.subscription_id == account.subscription.id)
        .ok_or_else(|| Refusal::not_found("Subscription item"))?;
    let row = cancel::cancel(&idp, &mut visit.tx, &mut account, row, false).await?;
    let around = around(idp.config(), idp.keys().instance_id(), &account);
    let value = item::item(&around, &row, Api::Frontend)?;
    visit.answer(value).await
}
