//! Templates of tokens.

use serde_json::{Value, json};

use super::ms;
use crate::store::jwt_templates::JwtTemplate;

/// A template; its signing key is never shown.
#[must_use]
pub fn jwt_template(template: &JwtTemplate) -> Value {
    json!({
        "object": "jwt_template",
        "id": template.id,
        "name": template.name,
        "claims": template.claims,
        "lifetime": template.lifetime_seconds,
        "allowed_clock_skew": template.clock_skew_seconds,
        "custom_signing_key": template.sealed_key.is_some(),
        "signing_algorithm": template.signing_algorithm,
        "created_at": ms(template.created_at),
        "updated_at": ms(template.updated_at),
    })
}
