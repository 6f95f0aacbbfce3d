//! Invitations to organizations.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::organization::public_organization_data;
use super::user::Person;
use super::{ms, ms_opt};
use crate::config::IdpConfig;
use crate::store::organization_invitations::OrganizationInvitation;

/// An invitation, as the Backend API and webhooks show it.
#[must_use]
pub fn invitation(
    config: &IdpConfig,
    invitation: &OrganizationInvitation,
    inviter: Option<&Person>,
    url: Option<&str>,
    now: Timestamp,
) -> Value {
    let inviter_data = inviter.map(|person| {
        json!({
            "user_id": person.user.id,
            "first_name": person.user.first_name,
            "last_name": person.user.last_name,
            "image_url": person.image_url(config),
            "has_image": person.has_image(),
            "identifier": person.identifier(),
        })
    });
    json!({
        "object": "organization_invitation",
        "id": invitation.id,
        "email_address": invitation.email_address,
        "role": invitation.role,
        "role_name": invitation.role_name,
        "organization_id": invitation.organization.id,
        "inviter_id": invitation.inviter_id,
        "public_inviter_data": inviter_data,
        "status": invitation.status_at(now),
        "public_metadata": invitation.public_metadata,
        "private_metadata": invitation.private_metadata,
        "url": url,
        "expires_at": ms_opt(invitation.expires_at),
        "created_at": ms(invitation.created_at),
        "updated_at": ms(invitation.updated_at),
    })
}

/// An invitation, as browsers see it: of members who manage them, and of the invited. Neither gets
/// the link: who has it has the mailbox.
#[must_use]
pub fn own_invitation(
    config: &IdpConfig,
    invitation: &OrganizationInvitation,
    now: Timestamp,
) -> Value {
    json!({
        "object": "organization_invitation",
        "id": invitation.id,
        "email_address": invitation.email_address,
        "role": invitation.role,
        "role_name": invitation.role_name,
        "organization_id": invitation.organization.id,
        "public_organization_data":
            public_organization_data(config, &invitation.organization),
        "status": invitation.status_at(now),
        "public_metadata": invitation.public_metadata,
        "url": null,
        "expires_at": ms_opt(invitation.expires_at),
        "created_at": ms(invitation.created_at),
        "updated_at": ms(invitation.updated_at),
    })
}
