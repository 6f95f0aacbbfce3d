//! Members as lists show them.

use std::collections::HashMap;

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::permission;
use bailiwick_store::intents::Open;
use bailiwick_store::memberships::OrgMember;

use crate::intents::subject;
use crate::paging::place;
use crate::{App, Caller, Result, organizations};

/// A member, with what has been decided about them and is not done at the provider yet.
#[derive(Debug, Clone)]
pub struct MemberAndChange {
    /// The member.
    pub member: OrgMember,
    /// What is on its way, or failed.
    pub change: Option<Open>,
}

/// A page of an organization's members of one status, oldest first. Needs `users:read`, and
/// `users:update` for who was one.
///
/// # Errors
/// As [`organizations::get`]; `PERMISSION_DENIED`.
pub async fn list(
    caller: &Caller,
    org: OrgId,
    status: &str,
    query: &PageQuery,
) -> Result<Page<MemberAndChange>> {
    let found = organizations::get(caller, org).await?;
    let needed = match status {
        "removed" => permission::USERS_UPDATE,
        _ => permission::USERS_READ,
    };
    let key = needed.declared_key().unwrap_or_default();
    if !found.permissions.iter().any(|held| held == key) {
        return Err(Problem::denied().into());
    }
    let after = place(query.cursor.as_ref())?;
    let store = caller.app.store();
    let rows = store
        .list_org_members(org, status, after, query.limit.fetch())
        .await?;
    let rows = with_changes(&caller.app, org, rows).await?;
    Ok(Page::cut(rows, query.limit, |m| {
        Cursor::after(m.member.joined_at, m.member.user.uuid())
    }))
}

/// One member, also a removed one.
///
/// # Errors
/// `NOT_FOUND` for who never was one; the database's.
pub async fn get(caller: &Caller, org: OrgId, user: UserId) -> Result<MemberAndChange> {
    let found = caller.app.store().find_org_member(org, user).await?;
    let rows = with_changes(&caller.app, org, Vec::from_iter(found)).await?;
    Ok(rows.into_iter().next().ok_or_else(Problem::not_found)?)
}

async fn with_changes(app: &App, org: OrgId, rows: Vec<OrgMember>) -> Result<Vec<MemberAndChange>> {
    let subjects: Vec<String> = rows.iter().map(|m| subject::member(org, m.user)).collect();
    let open = app.store().open_intents(&subjects).await?;
    let mut open: HashMap<String, Open> = open.into_iter().collect();
    let with = rows.into_iter().zip(subjects).map(|(member, subject)| {
        let change = open.remove(&subject);
        MemberAndChange { member, change }
    });
    Ok(with.collect())
}
