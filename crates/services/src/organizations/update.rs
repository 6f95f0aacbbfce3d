//! What an organization is called, and what is kept of it.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{IntentId, OrgId};
use bailiwick_kernel::policy::permission;
use bailiwick_store::intents::{self, NewIntent};
use bailiwick_store::organizations::{self, Details};
use serde_json::json;

use super::create::{check_details, refusal};
use super::{OrganizationAndPermissions, get};
use crate::intents::{Progress, Rename, Step as _, add, after_grace, send_now, subject};
use crate::members::act::Act;
use crate::{Caller, Error, Result};

/// What is to change; what is missing stays.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    /// The name, which is the provider's.
    pub name: Option<String>,
    /// The slug, which is the provider's.
    pub slug: Option<String>,
    /// What is kept here alone.
    pub details: Details,
}

/// Changes an organization. Name and slug are the provider's and change there first; the rest is
/// ours and changes at once.
///
/// # Errors
/// As [`Act::begin`], for `organization:update`; `VALIDATION_FAILED` for settings beyond their
/// bound; what the provider refuses.
pub async fn update(
    caller: &Caller,
    org: OrgId,
    change: &OrganizationChange,
) -> Result<(OrganizationAndPermissions, Progress)> {
    check_details(caller, &change.details)?;
    let mut act = Act::begin(caller, org, Some(permission::ORG_UPDATE)).await?;
    let (app, now) = (act.app(), act.now);
    organizations::describe(&mut act.tx, org, &change.details, now)
        .await
        .map_err(|error| match error.constraint() {
            Some("organizations_settings_check") => {
                Error::from(Problem::invalid("settings", "are more than 64 KiB in all"))
            }
            _ => error.into(),
        })?;
    let subject = subject::organization(org);
    let mut sent = None;
    if change.name.is_some() || change.slug.is_some() {
        intents::supersede(&mut act.tx, &subject, now).await?;
        let rename = Rename {
            clerk_org_id: act.clerk_org_id.clone(),
            name: change.name.clone(),
            slug: change.slug.clone(),
        };
        let id = IntentId::from(app.env().uuid());
        let new = NewIntent {
            id,
            subject: &subject,
            kind: Rename::KIND,
            payload: rename.payload(),
            org: Some(org),
            requested_by: act.me(),
            holds: None,
        };
        add(app, &mut act.tx, &new, after_grace(app)).await?;
        sent = Some(id);
    }
    let after = json!({
        "name": change.name,
        "slug": change.slug,
        "description": change.details.description,
        "type": change.details.org_type,
        "settings": change.details.settings.keys().collect::<Vec<_>>(),
    });
    act.record(
        "organizations.update",
        ("organization", org.to_string()),
        None,
        Some(after),
    );
    act.commit().await?;
    let progress = match sent {
        None => Progress::Done,
        Some(id) => match send_now(app, &subject, id).await? {
            (Progress::Failed, error) => return Err(refusal(error.as_deref()).into()),
            (progress, _) => progress,
        },
    };
    Ok((get(caller, org).await?, progress))
}
