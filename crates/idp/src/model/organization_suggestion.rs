//! Organizations that somebody could join, and requests to.

use serde_json::{Value, json};

use super::ms;
use super::organization::public_organization_data;
use super::user::{Person, public_user_data};
use crate::config::IdpConfig;
use crate::store::organization_suggestions::Suggestion;

/// A suggestion, as its user sees it.
#[must_use]
pub fn suggestion(config: &IdpConfig, suggestion: &Suggestion) -> Value {
    let status = match suggestion.status.as_str() {
        "requested" => "accepted",
        "granted" => "completed",
        "refused" => "rejected",
        other => other,
    };
    json!({
        "object": "organization_suggestion",
        "id": suggestion.id,
        "public_organization_data":
            public_organization_data(config, &suggestion.organization),
        "status": status,
        "created_at": ms(suggestion.created_at),
        "updated_at": ms(suggestion.updated_at),
    })
}

/// The statuses of rows that the protocol's word for a suggestion stands for.
#[must_use]
pub fn suggestion_status(word: &str) -> &str {
    match word {
        "accepted" => "requested",
        "completed" => "granted",
        "rejected" => "refused",
        other => other,
    }
}

/// A suggestion that was taken up, as members of the organization see it.
#[must_use]
pub fn request(config: &IdpConfig, suggestion: &Suggestion, person: &Person) -> Value {
    let status = match suggestion.status.as_str() {
        "granted" => "accepted",
        "refused" => "rejected",
        _ => "pending",
    };
    json!({
        "object": "organization_membership_request",
        "id": suggestion.id.replacen("orgsug_", "orgmemreq_", 1),
        "organization_id": suggestion.organization.id,
        "status": status,
        "public_user_data": public_user_data(config, person),
        "created_at": ms(suggestion.created_at),
        "updated_at": ms(suggestion.updated_at),
    })
}

/// The statuses of rows that the protocol's word for a request stands for.
#[must_use]
pub fn request_status(word: &str) -> &str {
    match word {
        "pending" => "requested",
        "accepted" => "granted",
        "rejected" => "refused",
        other => other,
    }
}

/// The id of the suggestion that a request came of.
#[must_use]
pub fn suggestion_id(request_id: &str) -> String {
    request_id.replacen("orgmemreq_", "orgsug_", 1)
}
