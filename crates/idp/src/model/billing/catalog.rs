//! Plans, features and prices.

use serde_json::{Value, json};

use super::money;
use crate::error::Result;
use crate::model::ms;
use crate::store::billing::catalog::{Catalog, Feature, Plan, Price};

/// There is one product: the application.
const PRODUCT: &str = "cprod_000000000000000000000000001";

/// A plan at what everybody is offered it for.
pub fn plan(catalog: &Catalog, plan: &Plan) -> Result<Value> {
    Ok(plan_at(catalog, plan, catalog.default_price(&plan.id)?))
}

/// A plan at one of its prices.
#[must_use]
pub fn plan_at(catalog: &Catalog, plan: &Plan, price: &Price) -> Value {
    let fee = |amount: Option<i64>| amount.map(|amount| money(amount, &price.currency));
    json!({
        "object": "commerce_plan",
        "id": plan.id,
        "name": plan.name,
        "fee": fee(price.monthly_amount),
        "annual_monthly_fee": fee(price.annual_amount.map(monthly)),
        "annual_fee": fee(price.annual_amount),
        "description": plan.description,
        "product_id": PRODUCT,
        "is_default": plan.is_default,
        "is_recurring": true,
        "publicly_visible": plan.is_visible,
        "has_base_fee": !price.is_free(),
        "for_payer_type": plan.payer_type,
        "slug": plan.slug,
        "avatar_url": null,
        "free_trial_enabled": plan.free_trial_days.is_some(),
        "free_trial_days": plan.free_trial_days,
        "features": catalog.features(plan).map(feature).collect::<Vec<Value>>(),
    })
}

/// A twelfth of a year's amount.
pub(super) fn monthly(annual: i64) -> i64 {
    annual / 12
}

fn feature(feature: &Feature) -> Value {
    json!({
        "object": "feature",
        "id": feature.id,
        "name": feature.name,
        "description": feature.description,
        "slug": feature.slug,
        "avatar_url": null,
    })
}

/// A price.
#[must_use]
pub fn price(price: &Price, instance_id: &str) -> Value {
    let currency = &price.currency;
    let annual = price.annual_amount.map(monthly);
    let fee = |amount: Option<i64>| amount.map(|amount| money(amount, currency));
    let periods = match (price.monthly_amount, price.annual_amount) {
        (Some(_), Some(_)) => "both",
        (None, _) => "annual",
        (Some(_), None) => "month",
    };
    json!({
        "object": "commerce_price",
        "id": price.id,
        "plan_id": price.plan_id,
        "instance_id": instance_id,
        "currency": currency,
        "currency_symbol": super::symbol(currency),
        "amount": price.monthly_amount.unwrap_or(0),
        "annual_monthly_amount": annual.unwrap_or(0),
        "fee": fee(price.monthly_amount),
        "annual_monthly_fee": fee(annual),
        "description": price.description,
        "is_default": price.is_default,
        "created_at": ms(price.created_at),
        "supported_billing_periods": periods,
    })
}
