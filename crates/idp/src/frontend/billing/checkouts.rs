//! Checkouts.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::{Ids, MANAGE};
use crate::domain::billing::checkouts::{self as acts, With};
use crate::domain::billing::{Account, account, methods};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model::billing::checkout::checkout;
use crate::store::billing::catalog::Period;
use crate::store::billing::checkouts::Checkout;
use crate::store::billing::{items, methods as rows};

/// `POST …/billing/checkouts`: an offer for a plan. Whatever amounts the request names, those of
/// the plan count. Permission `org:sys_billing:manage`; 422 for a plan that cannot be chosen, 409
/// for the one in force.
pub async fn create(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let plan = form.require("plan_id")?;
    let unknown = || Refusal::format("plan_period", "The period must be month or annual.");
    let period = form.get("plan_period").unwrap_or("month");
    let period = Period::parse(period).ok_or_else(unknown)?;
    let idp = visit.idp.clone();
    let account = account::lock(&idp, &mut visit.tx, &owner).await?;
    let method = match form.get("payment_method_id") {
        Some(id) => Some(methods::get(&mut visit.tx, &account, id).await?),
        None => None,
    };
    let tx = &mut visit.tx;
    let row = acts::create(&idp, tx, &account, plan, period, method.as_ref()).await?;
    answer(visit, &account, &row).await
}

/// `GET …/billing/checkouts/{of}`. Permission `org:sys_billing:manage`; 404 for a checkout of
/// somebody else, 410 for one that is over.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let idp = visit.idp.clone();
    let account = account::read(&idp, &mut visit.tx, &owner).await?;
    let row = acts::get(&idp, &mut visit.tx, &account, &ids.of).await?;
    answer(visit, &account, &row).await
}

/// `PATCH …/billing/checkouts/{of}`: a promotion code. Permission `org:sys_billing:manage`; 404
/// for a checkout of somebody else, 410 for one that is over, 422 for a code that is not valid.
pub async fn update(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let code = form
        .raw("promo_code")
        .ok_or_else(|| Refusal::missing("promo_code"))?;
    let idp = visit.idp.clone();
    let account = account::lock(&idp, &mut visit.tx, &owner).await?;
    let row = acts::set_promo_code(&idp, &mut visit.tx, &account, &ids.of, code).await?;
    answer(visit, &account, &row).await
}

/// `PATCH …/billing/checkouts/{of}/confirm`: takes the offer; can be repeated. Permission
/// `org:sys_billing:manage`; 404 for a checkout or payment method of somebody else, 422 for an
/// offer that no longer holds, without anything to pay with, and where the payment is declined.
pub async fn confirm(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, MANAGE).await?;
    let with = With {
        method_id: form.get("payment_method_id").map(str::to_owned),
        token: form.get("payment_token").map(str::to_owned),
        test_card: form.flag("use_test_card"),
    };
    let idp = visit.idp.clone();
    let mut account = account::lock(&idp, &mut visit.tx, &owner).await?;
    let tx = &mut visit.tx;
    let (row, refusal) = acts::confirm(&idp, tx, &mut account, &ids.of, &with).await?;
    match refusal {
        None => answer(visit, &account, &row).await,
        // The attempt happened, and is on record.
        Some(refusal) => {
            visit.commit().await?;
            Err(refusal.into())
        }
    }
}

async fn answer(mut visit: Visit, account: &Account, row: &Checkout) -> Result<Response> {
    let value = resource(&mut visit, account, row).await?;
    visit.answer(value).await
}

async fn resource(visit: &mut Visit, account: &Account, row: &Checkout) -> Result<Value> {
    let tx = &mut visit.tx;
    let price = account::price(tx, account, &row.price_id).await?;
    let method = rows::load(tx, row.payment_method_id.as_slice())
        .await?
        .pop();
    let made = match &row.item_id {
        Some(id) => items::find(tx, id).await?,
        None => None,
    };
    let (config, instance_id) = (visit.idp.config(), visit.idp.keys().instance_id());
    let row = (row, &price);
    checkout(
        config,
        instance_id,
        account,
        row,
        method.as_ref(),
        made.as_ref(),
    )
}
