//! The form that operators' changes of an item answer with: that of an older version.

use serde_json::{Value, json};

use super::catalog::{self, monthly};
use super::item::{Around, next_payment};
use super::{money, payer};
use crate::error::Result;
use crate::model::{ms, ms_opt};
use crate::store::billing::catalog::{Plan, Price};
use crate::store::billing::items::Item;

/// An item, in the older form.
pub fn item(around: &Around<'_>, item: &Item) -> Result<Value> {
    let price = around.catalog.price(&item.price_id)?;
    let shown = around.catalog.plan(&item.plan_id)?;
    let amount = price.amount(item.period).unwrap_or(0);
    let mut payer = payer::plain(around.config, around.payer, around.subscription);
    payer["instance_id"] = around.instance_id.into();
    Ok(json!({
        "object": "commerce_subscription_item",
        "id": item.id,
        "instance_id": around.instance_id,
        "status": item.status,
        "plan_id": item.plan_id,
        "price_id": item.price_id,
        "plan": plan(around, shown, price),
        "plan_period": item.period.as_str(),
        "payment_source_id": item.payment_method_id.as_deref().unwrap_or_default(),
        "lifetime_paid": money(item.lifetime_paid, &price.currency),
        "amount": money(amount, &price.currency),
        "next_payment": next_payment(item, amount, &price.currency),
        "payer_id": around.subscription.payer_id,
        "payer": payer,
        "is_free_trial": item.is_free_trial,
        "period_start": ms(item.period_start),
        "period_end": ms_opt(item.period_end),
        "proration_date": item.period_start.to_string(),
        "canceled_at": ms_opt(item.canceled_at),
        "past_due_at": ms_opt(item.past_due_at),
        "ended_at": ms_opt(item.ended_at),
        "created_at": ms(item.created_at),
        "updated_at": ms(item.updated_at),
    }))
}

/// A plan at one of its prices, in the older form: every amount also by itself.
#[must_use]
pub fn plan(around: &Around<'_>, plan: &Plan, price: &Price) -> Value {
    let mut value = catalog::plan_at(around.catalog, plan, price);
    let month = price.monthly_amount.unwrap_or(0);
    let year = price.annual_amount.unwrap_or(0);
    let currency = &price.currency;
    for (name, amount) in [
        ("amount", month),
        ("annual_monthly_amount", monthly(year)),
        ("annual_amount", year),
    ] {
        value[name] = amount.into();
        value[format!("{name}_formatted")] = super::formatted(amount, currency).into();
    }
    value["currency"] = currency.as_str().into();
    value["currency_symbol"] = super::symbol(currency).into();
    value["payer_type"] = json!([plan.payer_type]);
    for name in ["description", "avatar_url"] {
        not_null(&mut value, name);
    }
    if let Some(features) = value["features"].as_array_mut() {
        for feature in features {
            not_null(feature, "description");
            not_null(feature, "avatar_url");
        }
    }
    value
}

fn not_null(value: &mut Value, name: &str) {
    if value[name].is_null() {
        value[name] = "".into();
    }
}
