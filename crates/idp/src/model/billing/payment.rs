//! Payment methods, payments, statements and credits.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::checkout::GATEWAY_ID;
use super::item::{Around, item};
use super::{Api, money, payer};
use crate::error::Result;
use crate::model::{ms, ms_opt};
use crate::store::billing::credits::Entry;
use crate::store::billing::items::Item;
use crate::store::billing::methods::Method;
use crate::store::billing::payments::Payment;
use crate::store::billing::statements::Statement;

/// There is one payee: whoever runs the instance.
pub(super) const PAYEE: &str = "cpayee_000000000000000000000000001";
/// What the gateway calls itself.
pub(super) const GATEWAY: &str = "local";

/// How the protocols name the type of what was paid with.
pub(super) fn payment_type(method: &Method) -> &'static str {
    match method.kind.as_str() {
        "card" => "card",
        "credits" => "payer-credits",
        _ => "link",
    }
}

/// Whether it can still be paid with.
pub(super) fn status(method: &Method) -> &'static str {
    if method.removed_at.is_none() {
        "active"
    } else {
        "disconnected"
    }
}

/// A payment method.
#[must_use]
pub fn method(method: &Method, payer_id: &str, is_removable: bool) -> Value {
    json!({
        "object": "commerce_payment_method",
        "id": method.id,
        "payer_id": payer_id,
        "payment_type": payment_type(method),
        "is_default": method.is_default,
        "gateway": GATEWAY,
        "gateway_external_id": method.token,
        "gateway_external_account_id": null,
        "last4": method.last4,
        "status": status(method),
        "wallet_type": null,
        "card_type": method.card_type,
        "expiry_year": method.expiry_year,
        "expiry_month": method.expiry_month,
        "created_at": ms(method.created_at),
        "updated_at": ms(method.updated_at),
        "is_removable": is_removable,
    })
}

/// A payment with its item and method.
pub fn payment(
    around: &Around<'_>,
    row: &Payment,
    paid_for: &Item,
    with: &Method,
    api: Api,
) -> Result<Value> {
    let money = |amount: i64| money(amount, &row.currency);
    let mut value = json!({
        "object": "commerce_payment",
        "id": row.id,
        "payment_id": row.payment_id,
        "instance_id": around.instance_id,
        "charge_type": row.charge_type,
        "payee_id": PAYEE,
        "payee": payee(),
        "payer_id": around.subscription.payer_id,
        "payer": payer::payer(
            around.config, around.instance_id, around.payer, around.subscription, &row.currency,
        ),
        "subscription_item_id": row.item_id,
        "subscription_item": item(around, paid_for, api)?,
        "amount": money(row.amount),
        "totals": {
            "subtotal": money(row.subtotal),
            "base_fee": money(row.subtotal),
            "tax_total": money(0),
            "grand_total": money(row.amount),
        },
        "payment_method_id": row.payment_method_id,
        "payment_method": method(with, &around.subscription.payer_id, true),
        "statement_id": row.statement_id,
        "gateway_external_id": null,
        "gateway_external_url": null,
        "status": row.status,
        "paid_at": ms_opt(row.paid_at),
        "failed_at": ms_opt(row.failed_at),
        "created_at": ms(row.created_at),
        "updated_at": ms(row.updated_at),
    });
    if let (Api::Frontend, Some(reason)) = (api, &row.failed_reason) {
        value["failed_reason"] = failed_reason(reason);
    }
    Ok(value)
}

pub(super) fn failed_reason(code: &str) -> Value {
    json!({ "code": code, "decline_code": "generic_decline" })
}

pub(super) fn payee() -> Value {
    json!({
        "object": "commerce_payee",
        "id": PAYEE,
        "gateway_type": GATEWAY,
        "gateway_external_id": GATEWAY_ID,
        "gateway_status": "active",
    })
}

/// A statement with the resources of its payments, newest first. It is open as long as its month
/// goes on.
#[must_use]
pub fn statement(
    around: &Around<'_>,
    row: &Statement,
    payments: &[(&Payment, Value)],
    now: Timestamp,
) -> Value {
    let currency = payments
        .first()
        .map_or_else(|| "USD".to_owned(), |(payment, _)| payment.currency.clone());
    let paid = || {
        payments
            .iter()
            .filter(|(payment, _)| payment.status == "paid")
    };
    let total: i64 = paid().map(|(payment, _)| payment.amount).sum();
    let subtotal: i64 = paid().map(|(payment, _)| payment.subtotal).sum();
    let month = |at: Timestamp| at.strftime("%Y-%m").to_string();
    let is_open = month(row.month_start) == month(now);
    let mut groups: Vec<(String, i64, Vec<Value>)> = Vec::new();
    for (payment, value) in payments {
        let day = payment.created_at.strftime("%F").to_string();
        match groups.last_mut() {
            Some((last, _, items)) if *last == day => items.push(value.clone()),
            _ => groups.push((day, ms(payment.created_at), vec![value.clone()])),
        }
    }
    let groups: Vec<Value> = groups
        .into_iter()
        .map(|(_, timestamp, items)| {
            json!({
                "object": "commerce_statement_group", "timestamp": timestamp, "items": items,
            })
        })
        .collect();
    json!({
        "object": "commerce_statement",
        "instance_id": around.instance_id,
        "id": row.id,
        "timestamp": ms(row.created_at),
        "payer": payer::payer(
            around.config, around.instance_id, around.payer, around.subscription, &currency,
        ),
        "status": if is_open { "open" } else { "closed" },
        "totals": {
            "subtotal": money(subtotal, &currency),
            "base_fee": money(subtotal, &currency),
            "tax_total": money(0, &currency),
            "grand_total": money(total, &currency),
        },
        "groups": groups,
    })
}

/// A payer's balance.
#[must_use]
pub fn credit_balance(amount: i64, currency: &str) -> Value {
    json!({ "object": "commerce_credit_balance", "balance": money(amount, currency) })
}

/// An entry of the ledger. Servers are told its time as text, browsers in milliseconds.
#[must_use]
pub fn credit_entry(entry: &Entry, payer_id: &str, api: Api) -> Value {
    let mut value = json!({
        "object": "commerce_credit_ledger",
        "id": entry.id,
        "payer_id": payer_id,
        "amount": money(entry.amount, &entry.currency),
        "source_type": entry.source_type,
        "source_id": entry.source_id,
        "note": entry.note,
        "created_at": entry.created_at.to_string(),
    });
    if api == Api::Frontend {
        value["created_at"] = ms(entry.created_at).into();
    }
    value
}
