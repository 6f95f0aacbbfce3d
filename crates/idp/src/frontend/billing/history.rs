//! Payments and statements.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::{Ids, READ};
use crate::domain::billing::{Account, account, book};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::billing::Api;
use crate::store::Page;
use crate::store::billing::{payments as rows, statements as months};

async fn begin(frontend: &Frontend, ids: &Ids, meta: Meta) -> Result<(Visit, Account, Page)> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut visit = Visit::read(frontend, meta).await?;
    let owner = ids.owner(&mut visit, READ).await?;
    let idp = visit.idp.clone();
    let account = account::read(&idp, &mut visit.tx, &owner).await?;
    Ok((visit, account, page))
}

/// The components read payments without the envelope that the protocol describes.
async fn answer_payments(visit: Visit, value: Value) -> Result<Response> {
    if visit.meta.query.get("_clerk_js_version").is_some() {
        visit.bare(value).await
    } else {
        visit.answer(value).await
    }
}

/// `GET …/billing/payment_attempts`: newest first. Permission `org:sys_billing:read`.
pub async fn payments(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let (mut visit, account, page) = begin(&frontend, &ids, meta).await?;
    let idp = visit.idp.clone();
    let tx = &mut visit.tx;
    let (list, total) = rows::list(tx, &account.subscription.id, page).await?;
    let data = book::payments(&idp, tx, &list, Api::Frontend).await?;
    answer_payments(visit, model::page(data, total)).await
}

/// `GET …/billing/payment_attempts/{of}`. Permission `org:sys_billing:read`; 404 for one of
/// somebody else.
pub async fn payment(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let (mut visit, account, _) = begin(&frontend, &ids, meta).await?;
    let idp = visit.idp.clone();
    let tx = &mut visit.tx;
    let row = rows::find(tx, &ids.of, &account.subscription.id).await?;
    let data = book::payments(&idp, tx, row.as_slice(), Api::Frontend).await?;
    let value = data.into_iter().next();
    answer_payments(
        visit,
        value.ok_or_else(|| Refusal::not_found("Payment attempt"))?,
    )
    .await
}

/// `GET …/billing/statements`: newest first. Permission `org:sys_billing:read`.
pub async fn statements(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let (mut visit, account, page) = begin(&frontend, &ids, meta).await?;
    let idp = visit.idp.clone();
    let tx = &mut visit.tx;
    let (list, total) = months::list(tx, &account.subscription.id, page).await?;
    let data = book::statements(&idp, tx, &list, Api::Frontend).await?;
    visit.answer(model::page(data, total)).await
}

/// `GET …/billing/statements/{of}`. Permission `org:sys_billing:read`; 404 for one of somebody
/// else.
pub async fn statement(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let (mut visit, account, _) = begin(&frontend, &ids, meta).await?;
    let idp = visit.idp.clone();
    let tx = &mut visit.tx;
    let row = months::find(tx, &ids.of, &account.subscription.id).await?;
    let data = book::statements(&idp, tx, row.as_slice(), Api::Frontend).await?;
    let value = data.into_iter().next();
    visit
        .answer(value.ok_or_else(|| Refusal::not_found("Statement"))?)
        .await
}
