//! The protocols' JSON resources, made of rows. Nothing is left out: what is absent is `null`.
//!
//! Each resource comes as the Backend API and webhooks show it; where browsers see less or more,
//! there is a second function for them.

pub mod api_key;
pub mod billing;
pub mod client;
pub mod environment;
pub mod external_account;
pub mod first_factors;
pub mod invitation;
pub mod jwt_template;
pub mod login_token;
pub mod m2m_token;
pub mod machine;
pub mod membership;
pub mod message;
pub mod oauth;
pub mod organization;
pub mod organization_domain;
pub mod organization_invitation;
pub mod organization_suggestion;
pub mod restriction;
pub mod reverification;
pub mod role;
pub mod role_set;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod template;
pub mod totp;
pub mod user;
pub mod verification;
pub mod waitlist;

use jiff::Timestamp;
use serde_json::{Value, json};

/// Milliseconds since the Unix epoch.
#[must_use]
pub fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The same, where there is an instant.
#[must_use]
pub fn ms_opt(at: Option<Timestamp>) -> Option<i64> {
    at.map(ms)
}

/// A page of a list.
#[must_use]
pub fn page(data: Vec<Value>, total_count: i64) -> Value {
    json!({ "data": data, "total_count": total_count })
}

/// How many there are of a list that is here as a whole.
#[must_use]
pub fn count<T>(all: &[T]) -> i64 {
    i64::try_from(all.len()).unwrap_or(i64::MAX)
}

/// What is left of a deleted resource.
#[must_use]
pub fn deleted(object: &str, id: &str) -> Value {
    json!({ "object": object, "id": id, "deleted": true })
}
