//! Payment methods.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Ids, MANAGE, READ};
use crate::domain::billing::{Account, account, methods as acts};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::billing::checkout::GATEWAY_ID;
use crate::model::billing::payment::method;
use crate::store::Page;
use crate::store::billing::methods::{self, Method};

/// `GET …/billing/payment_methods`: a page of the cards, the default one first. Permission
/// `org:sys_billing:read`.
pub async fn list(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut visit = Visit::read(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, READ).await?;
    let idp = visit.idp.clone();
    let account = account::read(&idp, &mut visit.tx, &owner).await?;
    let tx = &mut visit.tx;
    let (rows, total) = methods::list(tx, &account.subscription.id, page).await?;
    let is_removable = acts::is_removable(tx, &account).await?;
    let payer_id = &account.subscription.payer_id;
    let data: Vec<Value> = rows
        .iter()
        .map(|row| method(row, payer_id, is_removable))
        .collect();
    visit.answer(model::page(data, total)).await
}

/// `POST …/billing/payment_methods/initialize`: what a form for cards needs. The forms of card
/// gateways cannot be used, but a page that has its own can go on. Permission
/// `org:sys_billing:manage`.
pub async fn initialize(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
    Form(_form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let idp = visit.idp.clone();
    account::read(&idp, &mut visit.tx, &owner).await?;
    let secret = crate::secrets::opaque(idp.env());
    let value = json!({
        "object": "commerce_payment_method_initialize",
        "external_client_secret": format!("seti_local_secret_{secret}"),
        "external_gateway_id": GATEWAY_ID,
        "payment_method_order": ["card"],
    });
    visit.answer(value).await
}

/// `POST …/billing/payment_methods`: stores a test card, by its well-known name. Permission
/// `org:sys_billing:manage`; 422 for any other token.
pub async fn create(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    form.require("gateway")?;
    let token = form.require("payment_token")?;
    let idp = visit.idp.clone();
    let account = account::lock(&idp, &mut visit.tx, &owner).await?;
    let row = acts::add(&idp, &mut visit.tx, &account.subscription.id, token).await?;
    answer(visit, &account, &row).await
}

/// `DELETE …/billing/payment_methods/{of}`. Permission `org:sys_billing:manage`; 404 for one of
/// somebody else, 400 for the last one of who pays.
pub async fn delete(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let idp = visit.idp.clone();
    let account = account::lock(&idp, &mut visit.tx, &owner).await?;
    let row = acts::remove(&idp, &mut visit.tx, &account, &ids.of).await?;
    answer(visit, &account, &row).await
}

/// `PUT …/billing/payers/default_payment_method`: what is charged from now on. Permission
/// `org:sys_billing:manage`; 422 for one of somebody else.
pub async fn set_default(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let id = form.require("payment_method_id")?;
    let idp = visit.idp.clone();
    let mut account = account::lock(&idp, &mut visit.tx, &owner).await?;
    let unknown = || Refusal::format("payment_method_id", "There is no such payment method.");
    acts::get(&mut visit.tx, &account, id)
        .await
        .map_err(|_| unknown())?;
    let row = acts::make_default(&idp, &mut visit.tx, &mut account, id).await?;
    answer(visit, &account, &row).await
}

async fn answer(mut visit: Visit, account: &Account, row: &Method) -> Result<Response> {
    let is_removable = acts::is_removable(&mut visit.tx, account).await?;
    let value = method(row, &account.subscription.payer_id, is_removable);
    visit.answer(value).await
}
