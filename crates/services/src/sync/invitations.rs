//! Invitations into organizations.

use bailiwick_clerk::resources::OrganizationInvitation;
use bailiwick_pg::Tx;
use serde_json::json;

use super::{Outcome, Word, Work};
use crate::{App, Result};

/// An invitation was made, accepted or revoked: a fact for the audit.
///
/// # Errors
/// The database's.
pub async fn apply(
    app: &App,
    tx: Tx,
    invitation: &OrganizationInvitation,
    word: Word,
) -> Result<Outcome> {
    let mut work = Work::Control(tx);
    let action = format!("invitations.{}", invitation.status);
    let after = json!({"clerkOrgId": invitation.organization_id, "role": invitation.role});
    let object = ("invitation", invitation.id.as_str());
    work.audit(app, word, &action, object, Some(after)).await?;
    work.commit().await?;
    Ok(Outcome::Done)
}
