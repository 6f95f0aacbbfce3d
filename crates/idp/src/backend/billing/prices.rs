//! `GET /v1/billing/prices`, `POST /v1/billing/prices`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::backend::answer::{Answer, page};
use crate::backend::form::Form;
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::ids;
use crate::model::billing::catalog::price;
use crate::store;
use crate::store::billing::catalog::{self, Catalog, Price};

/// The largest amount, as in the settings.
const MAX_AMOUNT: i64 = 1_000_000_000;

/// A page of the prices of all plans, or of one; the cheapest first. 404 for an unknown plan.
pub(in crate::backend) async fn list(
    State(backend): State<Arc<Backend>>,
    params: Params,
) -> Answer {
    let plan_id = params.text("plan_id").unwrap_or_default();
    let mut tx = backend.begin().await?;
    if !plan_id.is_empty() {
        let known = Catalog::load(&mut tx, &[]).await?;
        known
            .plan(&plan_id)
            .map_err(|_| Refusal::not_found("Plan"))?;
    }
    let (rows, total) = catalog::list_prices(&mut tx, &plan_id, params.page()?).await?;
    tx.commit().await?;
    let instance_id = backend.idp.keys().instance_id();
    let data = rows.iter().map(|row| price(row, instance_id)).collect();
    Ok(page(data, total))
}

/// Creates a price of a plan for single payers, who come to have it by a transition. 404 for a plan
/// that cannot be chosen.
pub(in crate::backend) async fn create(
    State(backend): State<Arc<Backend>>,
    mut form: Form,
) -> Answer {
    let plan_id = form.required("plan_id");
    let currency = form.text("currency").flatten();
    let amount = form.count("amount").flatten();
    let annual_monthly = form.count("annual_monthly_amount").flatten();
    let description = form.name("description").flatten();
    let periods = form.text("supported_billing_periods").flatten();
    let own = backend.idp.settings().billing.currency.clone();
    if currency.is_some_and(|given| !given.eq_ignore_ascii_case(&own)) {
        let text = format!("The currency of this instance is {own}.");
        form.refuse(Refusal::format("currency", &text));
    }
    let too_much = |amount: &Option<i64>| amount.is_some_and(|amount| amount > MAX_AMOUNT);
    if too_much(&amount) || too_much(&annual_monthly) {
        form.refuse(Refusal::format("amount", "The amount is too large."));
    }
    let year = annual_monthly.map(|amount| amount * 12);
    let (monthly_amount, annual_amount) = match periods.as_deref() {
        None => (amount, year),
        Some("month") => (amount, None),
        Some("annual") => (None, year),
        Some("both") if amount.is_some() && year.is_some() => (amount, year),
        Some(_) => (None, None),
    };
    if monthly_amount.is_none() && annual_amount.is_none() {
        let text = "The amounts must be those of the supported periods: month, annual or both.";
        form.refuse(Refusal::format("supported_billing_periods", text));
    }
    form.finish()?;

    let mut tx = backend.begin().await?;
    let known = Catalog::load(&mut tx, &[]).await?;
    let plan = known
        .offered(&plan_id)
        .ok_or_else(|| Refusal::not_found("Plan"))?;
    let row = Price {
        id: ids::new(backend.idp.env(), ids::Kind::Price),
        plan_id: plan.id.clone(),
        currency: own,
        monthly_amount,
        annual_amount,
        description,
        is_default: false,
        created_at: store::now(backend.idp.env()),
    };
    catalog::insert_price(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(Json(price(&row, backend.idp.keys().instance_id())))
}
