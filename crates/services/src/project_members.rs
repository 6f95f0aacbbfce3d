//! Who is on a project, and as what.

use bailiwick_kernel::id::{MemberId, ProjectId, UserId};
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::permission;
use bailiwick_kernel::{Code, Problem, ProjectRole};
use bailiwick_store::project_members::{self as rows, ProjectMember};
use serde_json::json;

use crate::idempotency::IdempotencyKey;
use crate::paging::place;
use crate::people::People;
use crate::{Result, Scope, projects};

/// A page of the members of a project, first come first.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn list(
    scope: &mut Scope,
    project: ProjectId,
    query: &PageQuery,
) -> Result<(Page<ProjectMember>, People)> {
    let found = projects::get(scope, project).await?;
    scope.require_on(
        permission::PROJECT_MEMBERS_READ,
        found.project.my_role.as_deref(),
    )?;
    let after = place(query.cursor.as_ref())?;
    let fetch = query.limit.fetch();
    let members = scope
        .read(permission::PROJECT_MEMBERS_READ, |_| {
            rows::List::new(project, after, fetch)
        })
        .await?;
    let people = scope.app().people(members.iter().map(|m| m.member)).await?;
    let page = Page::cut(members, query.limit, |m| {
        Cursor::after(m.added_at, m.member.uuid())
    });
    Ok((page, people))
}

/// Puts an active member of the organization on a project.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`; `VALIDATION_FAILED` where they are no active member;
/// `CONFLICT_ALREADY_EXISTS` where they are on it; `IDEMPOTENCY_MISMATCH`.
pub async fn add(
    scope: &mut Scope,
    project: ProjectId,
    member: MemberId,
    role: ProjectRole,
    key: Option<&IdempotencyKey>,
) -> Result<()> {
    let member = UserId::from(member.uuid());
    let changed = scope
        .change(permission::PROJECT_MEMBERS_MANAGE, |mut op| async move {
            let (me, now) = (op.me(), op.now());
            op.project(permission::PROJECT_MEMBERS_MANAGE, project)
                .await?;
            let made = op
                .repeated(key, "projectMembers.add", member.uuid())
                .await?;
            if made.is_some() {
                return Ok((op, ()));
            }
            if !op.tx().is_active_member(member).await? {
                let message = "must be an active member of the organization";
                return Err(Problem::invalid("memberId", message).into());
            }
            let link = op.app().env().uuid();
            let role = role.as_str();
            if !op
                .tx()
                .insert_project_member(link, project, member, role, me, now)
                .await?
            {
                return Err(Problem::new(Code::ConflictAlreadyExists).into());
            }
            let after = json!({"memberId": member, "projectRole": role});
            op.audit("projectMembers.add", "project", project, None, Some(after));
            Ok((op, ()))
        })
        .await;
    scope.or_elsewhere(project, changed).await
}

/// Gives somebody on a project another role there.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn update(
    scope: &mut Scope,
    project: ProjectId,
    member: MemberId,
    role: ProjectRole,
) -> Result<()> {
    let member = UserId::from(member.uuid());
    let changed = scope
        .change(permission::PROJECT_MEMBERS_MANAGE, |mut op| async move {
            let (me, now) = (op.me(), op.now());
            op.project(permission::PROJECT_MEMBERS_MANAGE, project)
                .await?;
            let before = op.tx().delete_project_member(project, member).await?;
            let before = before.ok_or_else(Problem::not_found)?;
            let link = op.app().env().uuid();
            op.tx()
                .insert_project_member(link, project, member, role.as_str(), me, now)
                .await?;
            op.audit(
                "projectMembers.update",
                "project",
                project,
                Some(json!({"memberId": member, "projectRole": before})),
                Some(json!({"memberId": member, "projectRole": role.as_str()})),
            );
            Ok((op, ()))
        })
        .await;
    scope.or_elsewhere(project, changed).await
}

/// Takes somebody off a project.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn remove(scope: &mut Scope, project: ProjectId, member: MemberId) -> Result<()> {
    let member = UserId::from(member.uuid());
    let changed = scope
        .change(permission::PROJECT_MEMBERS_MANAGE, |mut op| async move {
            op.project(permission::PROJECT_MEMBERS_MANAGE, project)
                .await?;
            let before = op.tx().delete_project_member(project, member).await?;
            let before = before.ok_or_else(Problem::not_found)?;
            let before = json!({"memberId": member, "projectRole": before});
            op.audit(
                "projectMembers.remove",
                "project",
                project,
                Some(before),
                None,
            );
            Ok((op, ()))
        })
        .await;
    scope.or_elsewhere(project, changed).await
}
