//! A conflict as those see it who operate the installation.

use bailiwick_kernel::id::UserId;
use bailiwick_store::conflicts::{Conflict, Party};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::me::EmailConflict;

/// Whose e-mail is somebody else's as well, and what to do about it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Conflict)]
pub struct ConflictView {
    /// Who came with the e-mail.
    user: PartyView,
    /// Who has it, or waits for its owner.
    other: PartyView,
    /// Why it is in question.
    #[schema(value_type = EmailConflict)]
    reason: String,
    /// What to do, in words.
    advice: &'static str,
    /// When it was noticed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When somebody said that they had looked at it.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
}

/// One of the two people of a conflict.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConflictParty)]
pub struct PartyView {
    /// Our id.
    id: UserId,
    /// The provider's id; null where the account waits for its owner.
    #[schema(required = true)]
    clerk_user_id: Option<String>,
    /// The verified primary e-mail.
    #[schema(required = true)]
    email: Option<String>,
    /// First and last name.
    #[schema(required = true)]
    full_name: Option<String>,
    /// Whether the account was deleted.
    is_deleted: bool,
}

impl From<Party> for PartyView {
    fn from(party: Party) -> Self {
        Self {
            id: party.id,
            clerk_user_id: party.clerk_user_id,
            email: party.email,
            full_name: party.full_name,
            is_deleted: party.is_deleted,
        }
    }
}

/// What to do, by the reason.
fn advice(reason: &str, other_waits: bool) -> &'static str {
    match (reason, other_waits) {
        ("unverified_email", _) => {
            "An account with this address waits for its owner. Ask the person to verify the address \
             at the identity provider; the account is theirs as soon as they have. Where it is not \
             theirs, do nothing, and mark this as looked at."
        }
        (_, true) => {
            "Two accounts wait for the owner of this address, or one could not be told apart. Find \
             out which is the person's, remove the address from the other, and mark this as looked \
             at."
        }
        (_, false) => {
            "Two people have proven this address. Find out whose it is, remove it from the other at \
             the identity provider or delete the account that is no longer used, and mark this as \
             looked at."
        }
    }
}

impl From<Conflict> for ConflictView {
    fn from(conflict: Conflict) -> Self {
        Self {
            advice: advice(&conflict.reason, conflict.other.clerk_user_id.is_none()),
            user: conflict.user.into(),
            other: conflict.other.into(),
            reason: conflict.reason,
            created_at: conflict.created_at,
            resolved_at: conflict.resolved_at,
        }
    }
}
