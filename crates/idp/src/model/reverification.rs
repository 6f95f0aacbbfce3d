//! Proofs that a session asks for again.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::first_factors;
use super::user::Person;
use super::verification::verification;
use crate::domain::factors;
use crate::settings::Settings;
use crate::store::reverifications::Reverification;

/// The ways in which a first factor can be given again within a session.
const FIRST: [&str; 3] = ["password", "email_code", "phone_code"];

/// What a session asks for, with the session as its own browser sees it.
#[must_use]
pub fn reverification(
    settings: &Settings,
    row: &Reverification,
    person: &Person,
    session: Value,
    now: Timestamp,
) -> Value {
    let first = (row.status == "needs_first_factor").then(|| again(settings, person));
    let second = (row.status == "needs_second_factor").then(|| factors::offered(settings, person));
    let shown =
        |verification_row: &Option<_>| verification_row.as_ref().map(|row| verification(row, now));
    json!({
        "object": "session_reverification",
        "level": row.level,
        "status": row.status,
        "supported_first_factors": first,
        "supported_second_factors": second,
        "first_factor_verification": shown(&row.first_factor),
        "second_factor_verification": shown(&row.second_factor),
        "session": session,
    })
}

/// The first factors that a person can give again within a session.
#[must_use]
pub fn again(settings: &Settings, person: &Person) -> Vec<Value> {
    let mut factors = first_factors::of(settings, person);
    factors.retain(|factor| FIRST.iter().any(|strategy| factor["strategy"] == *strategy));
    factors
}
