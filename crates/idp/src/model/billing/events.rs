//! What webhooks say of billing.

use serde_json::{Value, json};

use super::{money, payer, payment as resources};
use crate::config::IdpConfig;
use crate::domain::billing::Account;
use crate::error::Result;
use crate::model::{ms, ms_opt};
use crate::store::billing::items::Item;
use crate::store::billing::methods::Method;
use crate::store::billing::payments::Payment;

/// A subscription with its items that are not over.
pub fn subscription(config: &IdpConfig, account: &Account) -> Result<Value> {
    let own = &account.subscription;
    let items: Result<Vec<Value>> = account
        .items
        .iter()
        .map(|row| item(config, account, row))
        .collect();
    let current = account.current();
    Ok(json!({
        "object": "commerce_subscription",
        "id": own.id,
        "status": own.status,
        "active_at": ms(own.created_at),
        "canceled_at": null,
        "created_at": ms(own.created_at),
        "ended_at": null,
        "past_due_at": ms_opt(own.past_due_at),
        "updated_at": ms(own.updated_at),
        "latest_payment_id": own.latest_payment_id,
        "payer_id": own.payer_id,
        "payer": payer::plain(config, &account.payer, own),
        "payment_source_id": current.and_then(|item| item.payment_method_id.as_ref()),
        "items": items?,
    }))
}

/// An item.
pub fn item(config: &IdpConfig, account: &Account, item: &Item) -> Result<Value> {
    let price = account.catalog.price(&item.price_id)?;
    let plan = account.catalog.plan(&item.plan_id)?;
    Ok(json!({
        "object": "commerce_subscription_item",
        "id": item.id,
        "status": item.status,
        "is_free_trial": item.is_free_trial,
        "created_at": ms(item.created_at),
        "updated_at": ms(item.updated_at),
        "period_start": ms(item.period_start),
        "period_end": ms_opt(item.period_end),
        "interval": item.period.as_str(),
        "plan_id": item.plan_id,
        "plan": {
            "id": plan.id,
            "slug": plan.slug,
            "name": plan.name,
            "is_recurring": true,
            "amount": price.amount(item.period).unwrap_or(0),
            "currency": price.currency,
        },
        "payer": payer::plain(config, &account.payer, &account.subscription),
        "subscription_id": item.subscription_id,
    }))
}

/// A payment with its item and method.
pub fn payment(
    config: &IdpConfig,
    instance_id: &str,
    account: &Account,
    (paid_for, row, method): (&Item, &Payment, &Method),
) -> Result<Value> {
    let money = |amount: i64| money(amount, &row.currency);
    let method_name = match resources::payment_type(method) {
        "card" => "card",
        _ => "link",
    };
    Ok(json!({
        "id": row.id,
        "instance_id": instance_id,
        "payment_id": row.payment_id,
        "invoice_id": row.payment_id.replacen("cpayment_", "cinv_", 1),
        "statement_id": row.statement_id,
        "gateway_external_id": row.id,
        "status": row.status,
        "created_at": ms(row.created_at),
        "updated_at": ms(row.updated_at),
        "paid_at": ms_opt(row.paid_at),
        "failed_at": ms_opt(row.failed_at),
        "failed_reason": row.failed_reason.as_deref().map(resources::failed_reason),
        "billing_date": ms(row.created_at),
        "charge_type": row.charge_type,
        "payee": resources::payee(),
        "payer": payer::plain(config, &account.payer, &account.subscription),
        "totals": {
            "subtotal": money(row.subtotal),
            "tax_total": money(0),
            "grand_total": money(row.amount),
        },
        "payment_source": {
            "id": method.id,
            "gateway": resources::GATEWAY,
            "gateway_external_id": method.token,
            "gateway_external_account_id": null,
            "payment_method": method_name,
            "status": resources::status(method),
            "card_type": method.card_type,
            "last4": method.last4,
        },
        "subscription_items": [item(config, account, paid_for)?],
    }))
}
