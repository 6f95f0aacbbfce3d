//! What the payer has in hand.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{Ids, READ};
use crate::domain::billing::account;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::billing::Api;
use crate::model::billing::payment::{credit_balance, credit_entry};
use crate::store::Page;
use crate::store::billing::credits;

/// `GET …/billing/credits`: the balance. Permission `org:sys_billing:read`.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, READ).await?;
    let idp = visit.idp.clone();
    let account = account::read(&idp, &mut visit.tx, &owner).await?;
    let currency = &idp.settings().billing.currency;
    let value = credit_balance(account.subscription.credits, currency);
    visit.answer(value).await
}

/// `GET …/billing/credits/history`: newest first. Permission `org:sys_billing:read`.
pub async fn history(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut visit = Visit::read(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, READ).await?;
    let idp = visit.idp.clone();
    let account = account::read(&idp, &mut visit.tx, &owner).await?;
    let (rows, total) = credits::list(&mut visit.tx, &account.subscription.id, page).await?;
    let payer_id = &account.subscription.payer_id;
    let data = rows
        .iter()
        .map(|row| credit_entry(row, payer_id, Api::Frontend))
        .collect();
    visit.answer(model::page(data, total)).await
}
