//! Which second factors a person has.

use serde_json::{Value, json};

use crate::domain::verifications::PHONE_CODE;
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
    if settings.factors.phone_code {
        factors.extend(person.second_factor_phones().map(|phone| {
            json!({
                "strategy": PHONE_CODE,
                "phone_number_id": phone.id,
                "safe_identifier": masked(&phone.number),
                "default": phone.default_second_factor,
            })
        }));
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

/// A number as its owner knows it again, and nobody else learns it: the first two and the last
/// four characters.
fn masked(number: &str) -> String {
    let count = number.chars().count();
    let show = |(index, character): (usize, char)| {
        let is_shown = index < 2 || index + 4 >= count;
        if is_shown { character } else { '*' }
    };
    number.chars().enumerate().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_to_their_owners_only() {
        assert_eq!(masked("+12015550100"), "+1******0100");
        assert_eq!(masked("+49"), "+49");
    }
}
