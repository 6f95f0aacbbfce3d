//! Second factors: which ones a person has.

use serde_json::{Value, json};

use crate::model::user::Person;
use crate::settings::Settings;

/// The second factors that a person can be asked for, as the protocols show them; the preferred
/// one first. Empty where the first factor is all there is. Backup codes alone are none: they
/// stand in for another.
#[must_use]
pub fn offered(settings: &Settings, person: &Person) -> Vec<Value> {
    let mut factors = Vec::new();
    if settings.factors.totp && person.factors.has_totp {
        factors.push(json!({ "strategy": "totp" }));
    }
    if !factors.is_empty() && settings.factors.backup_codes && person.factors.has_backup_codes {
        factors.push(json!({ "strategy": "backup_code" }));
    }
    factors
}

/// Whether a person is asked for a second factor.
#[must_use]
pub fn are_demanded(settings: &Settings, person: &Person) -> bool {
    !offered(settings, person).is_empty()
}
