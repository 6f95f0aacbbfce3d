//! Subscription items.

use serde_json::{Value, json};

use super::{Api, Payer, catalog, money, payer};
use crate::config::IdpConfig;
use crate::error::Result;
use crate::model::{ms, ms_opt};
use crate::store::billing::catalog::Catalog;
use crate::store::billing::items::Item;
use crate::store::billing::subscriptions::Subscription;

/// What an item is shown with.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The instance's settings.
    pub config: &'a IdpConfig,
    /// The instance.
    pub instance_id: &'a str,
    /// Plans, and the prices of the items.
    pub catalog: &'a Catalog,
    /// The subscription.
    pub subscription: &'a Subscription,
    /// Whose it is.
    pub payer: &'a Payer,
}

/// An item.
pub fn item(around: &Around<'_>, item: &Item, api: Api) -> Result<Value> {
    let price = around.catalog.price(&item.price_id)?;
    let plan = around.catalog.plan(&item.plan_id)?;
    let amount = price.amount(item.period).unwrap_or(0);
    let currency = &price.currency;
    let mut value = json!({
        "object": "commerce_subscription_item",
        "id": item.id,
        "instance_id": around.instance_id,
        "status": item.status,
        "plan_id": item.plan_id,
        "price_id": item.price_id,
        "plan": catalog::plan_at(around.catalog, plan, price),
        "plan_period": item.period.as_str(),
        "lifetime_paid": money(item.lifetime_paid, currency),
        "payer_id": around.subscription.payer_id,
        "payer": payer::payer(
            around.config, around.instance_id, around.payer, around.subscription, currency,
        ),
        "is_free_trial": item.is_free_trial,
        "period_start": ms(item.period_start),
        "period_end": ms_opt(item.period_end),
        "canceled_at": ms_opt(item.canceled_at),
        "past_due_at": ms_opt(item.past_due_at),
        "ended_at": ms_opt(item.ended_at),
        "created_at": ms(item.created_at),
        "updated_at": ms(item.updated_at),
    });
    // What does not apply is left out: the protocols have no null for these.
    if api == Api::Frontend {
        value["amount"] = money(amount, currency);
        if let Some(id) = &item.payment_method_id {
            value["payment_method_id"] = id.as_str().into();
        }
    }
    if let Some(next) = next_payment(item, amount, currency) {
        value["next_payment"] = next;
    }
    Ok(value)
}

/// What the item costs next, and when; nothing where it ends or is free.
#[must_use]
pub fn next_payment(item: &Item, amount: i64, currency: &str) -> Option<Value> {
    if amount == 0 || item.canceled_at.is_some() {
        return None;
    }
    let date = match item.status.as_str() {
        "active" => item.period_end?,
        "past_due" => item.due_at?,
        "upcoming" => item.period_start,
        _ => return None,
    };
    Some(json!({ "amount": money(amount, currency), "date": ms(date) }))
}
