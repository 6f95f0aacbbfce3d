//! The first factors that an attempt to sign in offers.

use serde_json::{Value, json};

use super::user::Person;
use crate::frontend::Strategy;
use crate::ids::{self, Kind};
use crate::settings::Settings;

/// The first factors that a person can be asked for.
#[must_use]
pub fn of(settings: &Settings, person: &Person) -> Vec<Value> {
    let has_password = person.user.password_digest.is_some();
    let mut factors = Vec::new();
    for strategy in ORDER {
        let needs_password = strategy == Strategy::Password || strategy.is_reset();
        if !strategy.is_offered(settings) || needs_password && !has_password {
            continue;
        }
        match strategy {
            Strategy::Password => factors.push(json!({ "strategy": "password" })),
            _ if strategy.is_by_phone() => factors.extend(by_phone(person, strategy)),
            _ => factors.extend(by_email(person, strategy)),
        }
    }
    factors
}

/// The order in which they are offered; the components prefer what comes first.
const ORDER: [Strategy; 6] = [
    Strategy::Password,
    Strategy::EmailCode,
    Strategy::EmailLink,
    Strategy::PhoneCode,
    Strategy::ResetPasswordEmailCode,
    Strategy::ResetPasswordPhoneCode,
];

fn by_email(person: &Person, strategy: Strategy) -> Vec<Value> {
    let primary = person.user.primary_email_address_id.as_deref();
    let verified = person.emails.iter().filter(|row| row.verified_at.is_some());
    let factor = |row: &crate::store::emails::EmailAddress| {
        let is_primary = primary == Some(row.id.as_str());
        message(strategy, &row.id, &row.address, is_primary)
    };
    verified.map(factor).collect()
}

fn by_phone(person: &Person, strategy: Strategy) -> Vec<Value> {
    let primary = person.user.primary_phone_number_id.as_deref();
    let fit = person
        .phones
        .iter()
        .filter(|row| row.verified_at.is_some() && !row.reserved_for_second_factor);
    let factor = |row: &crate::store::phones::PhoneNumber| {
        let is_primary = primary == Some(row.id.as_str());
        message(strategy, &row.id, &row.number, is_primary)
    };
    fit.map(factor).collect()
}

fn message(strategy: Strategy, id: &str, to: &str, is_primary: bool) -> Value {
    let mut factor = json!({
        "strategy": strategy.as_str(),
        "safe_identifier": to,
        "primary": is_primary,
    });
    factor[strategy.target()] = id.into();
    factor
}

/// What an attempt offers to whoever it is about, if anybody: the same for all identifiers of a
/// kind. The ids of the addresses are made up for the attempt; they lead to its identifier.
#[must_use]
pub fn of_anybody(settings: &Settings, attempt_id: &str, identifier: &str) -> Vec<Value> {
    let is_phone = identifier.starts_with('+');
    let is_email = identifier.contains('@');
    let id = ids::derived(Kind::Identification, attempt_id);
    let mut factors = Vec::new();
    for strategy in ORDER.into_iter().filter(|one| one.is_offered(settings)) {
        if strategy == Strategy::Password {
            factors.push(json!({ "strategy": "password" }));
        } else if is_phone && strategy.is_by_phone() || is_email && !strategy.is_by_phone() {
            factors.push(message(strategy, &id, identifier, true));
        }
    }
    factors
}
