//! `POST /v1/billing/subscription_items/{id}/price_transition`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::billing::quote::Effect;
use crate::domain::billing::{account, transitions};
use crate::model::billing::catalog::price;
use crate::model::billing::subscription::around;
use crate::model::billing::{money, older};
use crate::model::ms;
use crate::store::billing::items;

/// Moves an item to another price: at once where that is more, at the end of its period where it
/// is not. Emits what a payer's own change does. 404 where there is no such item, 409 where it does
/// not have the price that it should, 422 for an unknown price and a refused charge.
pub(in crate::backend) async fn create(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let from = form.required("from_price_id");
    let to = form.required("to_price_id");
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let (mut account, old) = account::lock_item(&mut tx, &id).await?;
    let done = transitions::transition(idp, &mut tx, &mut account, &old, &from, &to).await?;
    let old = items::find(&mut tx, &old.id).await?.unwrap_or(old);
    let old_price = account.catalog.price(&old.price_id)?;
    tx.commit().await?;

    let (quote, item) = (&done.quote, &done.item);
    let instance_id = idp.keys().instance_id();
    let around = around(idp.config(), instance_id, &account);
    let is_immediate = quote.effect != Effect::AtPeriodEnd;
    let old_plan = account.catalog.plan(&old.plan_id)?;
    let status = if is_immediate { "ended" } else { "canceled" };
    let charged = quote.due_now > 0;
    let mut transition = json!({
        "previous_plan": older::plan(&around, old_plan, old_price),
        "previous_price": price(old_price, instance_id),
        "effective_at": ms(quote.starts_at),
        "effective_mode": if is_immediate { "immediate" } else { "end_of_period" },
        "charged_immediately": charged,
        "previous_subscription_item_status": status,
        "previous_subscription_item_id": old.id,
    });
    if charged {
        transition["immediate_charge"] = money(quote.due_now, &old_price.currency);
    }
    if let Some(end) = item.period_end {
        let next = if is_immediate { end } else { item.period_start };
        transition["next_billing_date"] = ms(next).into();
    }
    Ok(Json(json!({
        "object": "commerce_price_transition",
        "subscription_item": older::item(&around, item)?,
        "transition": transition,
    })))
}
