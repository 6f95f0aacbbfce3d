//! Removals at the provider.

use bailiwick_clerk::api::ApiError;
use bailiwick_store::audit::Fact;
use bailiwick_store::intents::{self, Claimed};
use bailiwick_store::member_grants;
use bailiwick_store::memberships::{self, Locked};
use bailiwick_store::tombstones::{self, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::membership::{Who, begin, write};
use super::{Step, refusal};
use crate::sync::fetch;
use crate::sync::memberships::tombstone_key;
use crate::sync::organizations::step_in_as;
use crate::{App, Result};

/// A member is removed, or leaves.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Remove {
    #[serde(flatten)]
    pub who: Who,
    /// What they were, for where the provider refuses.
    pub role: String,
    pub status: String,
    /// What they were granted beside the role, which the end of a membership forgets.
    #[serde(default)]
    pub grants: Value,
}

impl Step for Remove {
    const KIND: &'static str = "membership.remove";
}

/// Sends a removal.
pub(super) async fn remove(app: &App, claimed: &Claimed) -> Result<()> {
    let remove = Remove::read(claimed)?;
    let Who {
        clerk_org_id,
        clerk_user_id,
        ..
    } = &remove.who;
    let asked_at = app.env().now();
    let answer = app
        .clerk()
        .delete_membership(clerk_org_id, clerk_user_id)
        .await;
    let last_change = match answer {
        Ok(said) => said.updated_at,
        // The answer may have been lost, and with it when that was: all of it was before now.
        Err(error) if error.is_not_found() => Some(asked_at),
        Err(error) if error.is_refusal() => {
            return refused_removal(app, claimed, &remove, &error).await;
        }
        Err(error) => return Err(error.into()),
    };
    let Some(mut tx) = begin(app, claimed, clerk_org_id).await? else {
        return Ok(());
    };
    let now = app.env().now();
    let row = memberships::lock(&mut tx, remove.who.user, remove.who.org).await?;
    // Whatever of this membership is still on its way is no newer than its last change.
    let known = row.map(|row| row.clerk_updated_at);
    if let Some(at) = last_change.max(known) {
        let key = tombstone_key(clerk_user_id, clerk_org_id);
        tombstones::bury(&mut tx, Kind::Membership, &key, at).await?;
    }
    intents::settle(&mut tx, claimed.id, "done", None, now).await?;
    Ok(tx.commit().await?)
}

/// The provider keeps the member (its last administrator, for example): so do we.
async fn refused_removal(
    app: &App,
    claimed: &Claimed,
    remove: &Remove,
    error: &ApiError,
) -> Result<()> {
    let theirs = fetch::find(app, &remove.who.clerk_user_id, &remove.who.clerk_org_id).await?;
    let Some(mut tx) = begin(app, claimed, &remove.who.clerk_org_id).await? else {
        return Ok(());
    };
    let now = app.env().now();
    let (user, org) = (remove.who.user, remove.who.org);
    intents::settle(&mut tx, claimed.id, "failed", Some(&refusal(error)), now).await?;
    let row = memberships::lock(&mut tx, user, org).await?;
    let (Some(row), Some(said)) = (row.filter(|row| row.status == "removed"), theirs) else {
        return Ok(tx.commit().await?);
    };
    let was = Locked {
        status: remove.status.clone(),
        ..row.clone()
    };
    write(&mut tx, &was, &remove.role, &said, now).await?;
    let has_grants = remove
        .grants
        .as_object()
        .is_some_and(|pages| !pages.is_empty());
    if has_grants {
        member_grants::set(&mut tx, row.id, &remove.grants, now).await?;
    }
    tracing::warn!(userId = %user, tenantId = %org, "the provider refused a removal");
    let mut work = step_in_as(app, tx, org, "intents.send").await?;
    work.project(app, user, &remove.role, &remove.status)
        .await?;
    let object = user.to_string();
    let fact = Fact {
        actor: claimed.requested_by,
        before: Some(json!({"status": "removed"})),
        after: Some(json!({
            "role": remove.role, "status": remove.status, "grants": remove.grants,
        })),
        ..Fact::impersonal(
            app.env(),
            "system",
            "memberships.restore",
            ("membership", &object),
        )
    };
    work.record(app, &fact).await?;
    work.commit().await
}
