//! Domains of organizations.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::organization::public_organization_data;
use super::{ms, ms_opt};
use crate::config::IdpConfig;
use crate::store::organization_domains::OrganizationDomain;

/// A domain, as both APIs and webhooks show it.
#[must_use]
pub fn domain(config: &IdpConfig, domain: &OrganizationDomain, now: Timestamp) -> Value {
    let affiliation = affiliation(domain, now);
    let ownership = domain.ownership_verified_at.map(|at| {
        json!({
            "status": "verified",
            "strategy": "manual_override",
            "attempts": null,
            "expire_at": null,
            "verified_at": ms(at),
        })
    });
    json!({
        "object": "organization_domain",
        "id": domain.id,
        "organization_id": domain.organization.id,
        "name": domain.name,
        "enrollment_mode": domain.enrollment_mode,
        "affiliation_email_address": domain.affiliation_email_address,
        "affiliation_verification": affiliation,
        "ownership_verification": ownership,
        "verification": affiliation,
        "total_pending_invitations": domain.pending_invitations,
        "total_pending_suggestions": domain.pending_suggestions,
        "public_organization_data": public_organization_data(config, &domain.organization),
        "created_at": ms(domain.created_at),
        "updated_at": ms(domain.updated_at),
    })
}

fn affiliation(domain: &OrganizationDomain, now: Timestamp) -> Value {
    let asked = domain.verification.as_ref();
    if let Some(at) = domain.verified_at {
        return json!({
            "status": "verified",
            "strategy": domain.verified_by,
            "attempts": asked.map(|row| row.attempts),
            "expire_at": asked.and_then(|row| ms_opt(row.expire_at)),
            "verified_at": ms(at),
        });
    }
    asked.map_or(Value::Null, |row| {
        json!({
            "status": row.standing(now).as_str(),
            "strategy": row.strategy,
            "attempts": row.attempts,
            "expire_at": ms_opt(row.expire_at),
            "verified_at": null,
        })
    })
}
