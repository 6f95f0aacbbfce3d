//! Checkouts.

use serde_json::{Value, json};

use super::payment::method as method_resource;
use super::subscription::{account_payer, around};
use super::{Api, catalog, item, money};
use crate::config::IdpConfig;
use crate::domain::billing::quote::{Effect, Proration, Quote};
use crate::domain::billing::{Account, Choice};
use crate::error::Result;
use crate::model::ms;
use crate::store::billing::catalog::{Period, Price};
use crate::store::billing::checkouts::Checkout;
use crate::store::billing::items::Item;
use crate::store::billing::methods::Method;

/// The gateway's own name for itself.
pub const GATEWAY_ID: &str = "acct_local";

/// What a checkout shows of the moment in which it was made.
#[must_use]
pub fn totals(
    quote: &Quote,
    choice: &Choice,
    account: &Account,
    needs_payment_method: bool,
) -> Value {
    let currency = &choice.price.currency;
    let money = |amount: i64| money(amount, currency);
    let period = money(quote.per_period);
    let base_fee = match choice.period {
        Period::Month => quote.per_period,
        Period::Annual => catalog::monthly(quote.per_period),
    };
    let prorated = quote.proration.map_or(0, |proration| proration.amount);
    let total = (quote.due_now + quote.credit).max(0);
    let credits = (prorated + quote.credit > 0).then(|| {
        json!({
            "proration": quote.proration.map(|proration| shown(&proration, currency)),
            "payer": (quote.credit > 0).then(|| json!({
                "remaining_balance": money(account.subscription.credits - quote.credit),
                "applied_amount": money(quote.credit),
            })),
            "total": money(prorated + quote.credit),
        })
    });
    let mut value = json!({
        "totals": {
            "subtotal": money(total),
            "base_fee": money(base_fee),
            "tax_total": money(0),
            "grand_total": money(total),
            "total_due_after_free_trial": quote.trial_ends_at.map(|_| period.clone()),
            "total_due_now": money(quote.due_now),
            "total_due_per_period": period,
            "totals_due_per_period": {
                "subtotal": period, "base_fee": money(base_fee), "tax_total": money(0),
                "grand_total": period,
            },
            "past_due": (quote.past_due > 0).then(|| money(quote.past_due)),
            "credit": (prorated > 0).then(|| money(prorated)),
            "credits": credits,
        },
        "is_immediate_plan_change": matches!(quote.effect, Effect::Immediate | Effect::Settle),
        "needs_payment_method": needs_payment_method,
        "plan_period_start": ms(quote.starts_at),
    });
    if let Some(end) = quote.trial_ends_at {
        value["free_trial_ends_at"] = ms(end).into();
    }
    value
}

fn shown(proration: &Proration, currency: &str) -> Value {
    json!({
        "amount": money(proration.amount, currency),
        "cycle_days_remaining": proration.days_remaining,
        "cycle_days_total": proration.days_total,
        "cycle_remaining_percent": proration.percent_remaining,
    })
}

/// A checkout with what was chosen to pay with and the item that it made, where there are such.
pub fn checkout(
    config: &IdpConfig,
    instance_id: &str,
    account: &Account,
    (row, price): (&Checkout, &Price),
    method: Option<&Method>,
    made: Option<&Item>,
) -> Result<Value> {
    let plan = account.catalog.plan(&row.plan_id)?;
    let mut value = row.totals.clone();
    let rest = json!({
        "object": "commerce_checkout",
        "id": row.id,
        "plan": catalog::plan_at(&account.catalog, plan, price),
        "plan_period": row.period.as_str(),
        "payer": account_payer(config, instance_id, account, &price.currency),
        "external_gateway_id": GATEWAY_ID,
        "status": row.status,
    });
    if let (Value::Object(value), Value::Object(rest)) = (&mut value, rest) {
        value.extend(rest);
    }
    if let Some(method) = method {
        let payer_id = &account.subscription.payer_id;
        value["payment_method"] = method_resource(method, payer_id, true);
    }
    if let Some(made) = made {
        let around = around(config, instance_id, account);
        value["subscription_item"] = item::item(&around, made, Api::Frontend)?;
    }
    Ok(value)
}
