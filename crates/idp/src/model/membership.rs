//! Memberships.

use serde_json::{Value, json};

use super::user::{Person, public_user_data};
use super::{ms, organization};
use crate::config::IdpConfig;
use crate::store::memberships::Membership;

/// A membership, as the Backend API and webhooks show it.
#[must_use]
pub fn membership(config: &IdpConfig, membership: &Membership, person: &Person) -> Value {
    json!({
        "id": membership.id,
        "object": "organization_membership",
        "role": membership.role,
        "role_name": membership.role_name,
        "permissions": membership.permissions,
        "public_metadata": membership.public_metadata,
        "private_metadata": membership.private_metadata,
        "organization": organization::organization(config, &membership.organization),
        "public_user_data": public_user_data(config, person),
        "created_at": ms(membership.created_at),
        "updated_at": ms(membership.updated_at),
    })
}

/// A membership, as browsers of members see it. System permissions are listed: the components
/// show their tabs and buttons by them.
#[must_use]
pub fn own_membership(config: &IdpConfig, membership: &Membership, person: &Person) -> Value {
    json!({
        "id": membership.id,
        "object": "organization_membership",
        "role": membership.role,
        "role_name": membership.role_name,
        "permissions": membership.permissions,
        "public_metadata": membership.public_metadata,
        "organization": organization::own_organization(config, &membership.organization),
        "public_user_data": public_user_data(config, person),
        "created_at": ms(membership.created_at),
        "updated_at": ms(membership.updated_at),
    })
}
