//! Subscriptions.

use serde_json::{Value, json};

use super::item::{Around, item, next_payment};
use super::{Api, payer};
use crate::config::IdpConfig;
use crate::domain::billing::Account;
use crate::error::Result;
use crate::model::{ms, ms_opt};

/// What the account's items are shown with.
#[must_use]
pub fn around<'a>(config: &'a IdpConfig, instance_id: &'a str, account: &'a Account) -> Around<'a> {
    Around {
        config,
        instance_id,
        catalog: &account.catalog,
        subscription: &account.subscription,
        payer: &account.payer,
    }
}

/// A subscription with its items that are not over.
pub fn subscription(
    config: &IdpConfig,
    instance_id: &str,
    account: &Account,
    api: Api,
) -> Result<Value> {
    let own = &account.subscription;
    let around = around(config, instance_id, account);
    let mut items = Vec::with_capacity(account.items.len());
    let mut next = None;
    for row in &account.items {
        items.push(item(&around, row, api)?);
        let price = account.catalog.price(&row.price_id)?;
        let amount = price.amount(row.period).unwrap_or(0);
        next = next.or_else(|| next_payment(row, amount, &price.currency));
    }
    let mut value = json!({
        "object": "commerce_subscription",
        "id": own.id,
        "instance_id": instance_id,
        "status": own.status,
        "payer_id": own.payer_id,
        "created_at": ms(own.created_at),
        "updated_at": ms(own.updated_at),
        "active_at": ms(own.created_at),
        "past_due_at": ms_opt(own.past_due_at),
        "subscription_items": items,
        "eligible_for_free_trial": own.trial_used_at.is_none(),
    });
    // The protocols have no null for it.
    if let Some(next) = next {
        value["next_payment"] = next;
    }
    Ok(value)
}

/// The payer of an account.
#[must_use]
pub fn account_payer(
    config: &IdpConfig,
    instance_id: &str,
    account: &Account,
    currency: &str,
) -> Value {
    let (payer, own) = (&account.payer, &account.subscription);
    payer::payer(config, instance_id, payer, own, currency)
}
