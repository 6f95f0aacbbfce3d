//! Invitations as lists show them.

use std::collections::HashMap;

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::permission;
use bailiwick_store::intents::Open;
use bailiwick_store::invitations::{Invitation, Listing};
use jiff::Timestamp;

use crate::intents::subject;
use crate::paging::place;
use crate::{App, Caller, Result, organizations};

/// An invitation, with what has been decided about it and is not done at the provider yet.
#[derive(Debug, Clone)]
pub struct InvitationAndChange {
    /// The invitation.
    pub invitation: Invitation,
    /// What is on its way, or failed.
    pub change: Option<Open>,
    /// When this was read, which tells the expired.
    pub at: Timestamp,
}

/// A page of an organization's invitations, the newest first, of one state or of all. Needs
/// `users:invite`.
///
/// # Errors
/// As [`organizations::get`]; `PERMISSION_DENIED`.
pub async fn list(
    caller: &Caller,
    org: OrgId,
    status: Option<&str>,
    query: &PageQuery,
) -> Result<Page<InvitationAndChange>> {
    authorize(caller, org).await?;
    let listing = Listing {
        status,
        now: caller.app.env().now(),
        after: place(query.cursor.as_ref())?,
        limit: query.limit.fetch(),
    };
    let rows = caller.app.store().list_invitations(org, listing).await?;
    let rows = with_changes(&caller.app, rows).await?;
    Ok(Page::cut(rows, query.limit, |row| {
        let row = &row.invitation;
        Cursor::after(row.created_at, row.id.uuid())
    }))
}

/// One invitation of an organization. Needs `users:invite`.
///
/// # Errors
/// As [`list`]; `NOT_FOUND`.
pub async fn get(caller: &Caller, org: OrgId, id: InvitationId) -> Result<InvitationAndChange> {
    authorize(caller, org).await?;
    find(&caller.app, org, id).await
}

pub(super) async fn authorize(caller: &Caller, org: OrgId) -> Result<()> {
    let found = organizations::get(caller, org).await?;
    let key = permission::USERS_INVITE.declared_key().unwrap_or_default();
    if found.permissions.iter().any(|held| held == key) {
        Ok(())
    } else {
        Err(Problem::denied().into())
    }
}

pub(super) async fn find(app: &App, org: OrgId, id: InvitationId) -> Result<InvitationAndChange> {
    let found = app.store().find_invitation(org, id).await?;
    let rows = with_changes(app, Vec::from_iter(found)).await?;
    Ok(rows.into_iter().next().ok_or_else(Problem::not_found)?)
}

async fn with_changes(app: &App, rows: Vec<Invitation>) -> Result<Vec<InvitationAndChange>> {
    let subjects: Vec<String> = rows.iter().map(|row| subject::invitation(row.id)).collect();
    let open = app.store().open_intents(&subjects).await?;
    let mut open: HashMap<String, Open> = open.into_iter().collect();
    let at = app.env().now();
    let with = rows.into_iter().zip(subjects).map(|(invitation, subject)| {
        let change = open.remove(&subject);
        InvitationAndChange {
            invitation,
            change,
            at,
        }
    });
    Ok(with.collect())
}
