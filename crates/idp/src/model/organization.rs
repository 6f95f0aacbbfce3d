//! Organizations.

use serde_json::{Value, json};

use super::ms;
use crate::config::IdpConfig;
use crate::frontend::images;
use crate::store::organizations::Organization;

/// Where the organization's picture is.
#[must_use]
pub fn image_url(config: &IdpConfig, organization: &Organization) -> String {
    if let Some(id) = &organization.image_id {
        return images::upload_url(config, id);
    }
    let name = [Some(organization.name.as_str()), None];
    images::avatar_url(config, &organization.id, &name, &organization.slug)
}

/// An organization, as the Backend API and webhooks show it.
#[must_use]
pub fn organization(config: &IdpConfig, organization: &Organization) -> Value {
    let mut value = json!({
        "id": organization.id,
        "object": "organization",
        "name": organization.name,
        "slug": organization.slug,
        "image_url": image_url(config, organization),
        "has_image": organization.image_id.is_some(),
        "max_allowed_memberships": organization.max_allowed_memberships,
        "admin_delete_enabled": organization.admin_delete_enabled,
        "public_metadata": organization.public_metadata,
        "private_metadata": organization.private_metadata,
        "role_set_key": organization.role_set_key,
        "created_at": ms(organization.created_at),
        "updated_at": ms(organization.updated_at),
    });
    // The one field that is left out rather than null: the protocol has no null for it.
    if let Some(user_id) = &organization.created_by {
        value["created_by"] = user_id.as_str().into();
    }
    value
}

/// An organization, as its members' browsers see it.
#[must_use]
pub fn own_organization(config: &IdpConfig, organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "object": "organization",
        "name": organization.name,
        "slug": organization.slug,
        "image_url": image_url(config, organization),
        "logo_url": organization.image_id.as_ref().map(|id| images::upload_url(config, id)),
        "has_image": organization.image_id.is_some(),
        "members_count": organization.members_count,
        "pending_invitations_count": organization.pending_invitations_count,
        "max_allowed_memberships": organization.max_allowed_memberships,
        "admin_delete_enabled": organization.admin_delete_enabled,
        "self_serve_sso_enabled": false,
        "public_metadata": organization.public_metadata,
        "created_at": ms(organization.created_at),
        "updated_at": ms(organization.updated_at),
    })
}

/// What people see of an organization that they are invited to.
#[must_use]
pub fn public_organization_data(config: &IdpConfig, organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "name": organization.name,
        "slug": organization.slug,
        "image_url": image_url(config, organization),
        "has_image": organization.image_id.is_some(),
    })
}

/// What is left of a deleted organization.
#[must_use]
pub fn deleted(id: &str, slug: &str) -> Value {
    json!({ "object": "organization", "id": id, "slug": slug, "deleted": true })
}
