//! Invitations to the application.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ms;
use crate::store::invitations::Invitation;

/// An invitation, as the Backend API shows it. The link is left out where there is none: the
/// protocol has no null for it.
#[must_use]
pub fn invitation(invitation: &Invitation, url: Option<&str>, now: Timestamp) -> Value {
    let status = invitation.status_at(now);
    let mut value = json!({
        "object": "invitation",
        "id": invitation.id,
        "email_address": invitation.email_address,
        "public_metadata": invitation.public_metadata,
        "revoked": status == "revoked",
        "status": status,
        "expires_at": ms(invitation.expires_at),
        "created_at": ms(invitation.created_at),
        "updated_at": ms(invitation.updated_at),
    });
    if let Some(url) = url {
        value["url"] = url.into();
    }
    value
}
