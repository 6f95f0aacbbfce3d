//! Who is billed.

use serde_json::{Value, json};

use crate::settings::Settings;
use crate::settings::billing::PayerType;

/// The components fail where `billing` is missing. There is no gateway for their own card form.
pub fn commerce_settings(settings: &Settings) -> Value {
    let billing = &settings.billing;
    let of = |payer| {
        let enabled = billing.is_enabled(payer);
        json!({ "enabled": enabled, "has_paid_plans": enabled && billing.has_paid_plans(payer) })
    };
    json!({
        "billing": {
            "stripe_publishable_key": null,
            "free_trial_requires_payment_method": billing.free_trial_requires_payment_method,
            "organization": of(PayerType::Org),
            "user": of(PayerType::User),
        },
    })
}
