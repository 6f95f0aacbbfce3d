//! Projects.

use bailiwick_kernel::id::ProjectId;
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::{Reach, permission};
use bailiwick_kernel::text::Fields;
use bailiwick_kernel::{Problem, ProjectRole};
use bailiwick_store::projects::{self as rows, Project};
use serde_json::json;

use crate::documents::UPLOAD_GRACE;
use crate::idempotency::IdempotencyKey;
use crate::paging::place;
use crate::people::People;
use crate::{Result, Scope, jobs};

/// What a project is made or changed with.
#[derive(Debug, Clone)]
pub struct Input {
    /// 1 to 200 characters.
    pub name: String,
    /// At most 2,000 characters.
    pub description: Option<String>,
}

impl Input {
    fn check(&self) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let name = fields.line("name", &self.name, 1..=200);
        let description = fields.optional_lines("description", self.description.as_deref(), 2000);
        fields.finish()?;
        Ok(Self { name, description })
    }
}

/// A project with what its page needs beside it.
#[derive(Debug)]
pub struct ProjectAndPeople {
    /// The project.
    pub project: Project,
    /// Whoever it names.
    pub people: People,
}

/// One project. `NOT_FOUND` where the caller is not on it and does not see all.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn get(scope: &mut Scope, id: ProjectId) -> Result<ProjectAndPeople> {
    let found = find(scope, id).await;
    scope.or_elsewhere(id, found).await
}

async fn find(scope: &mut Scope, id: ProjectId) -> Result<ProjectAndPeople> {
    let me = scope.me();
    let project = scope
        .read(permission::PROJECTS_READ, |_| rows::Get::new(id, me))
        .await?
        .ok_or_else(Problem::not_found)?;
    scope.require_on(permission::PROJECTS_READ, project.my_role.as_deref())?;
    let people = scope.app().people([project.created_by]).await?;
    Ok(ProjectAndPeople { project, people })
}

/// A page of the projects that the caller may see, newest first.
///
/// # Errors
/// `PERMISSION_DENIED`; a cursor of another list.
pub async fn list(scope: &mut Scope, query: &PageQuery) -> Result<(Page<Project>, People)> {
    let me = scope.me();
    let after = place(query.cursor.as_ref())?;
    let fetch = query.limit.fetch();
    let found = scope
        .read(permission::PROJECTS_READ, |reach| {
            rows::List::new(me, reach != Reach::All, after, fetch)
        })
        .await?;
    let people = scope
        .app()
        .people(found.iter().map(|p| p.created_by))
        .await?;
    let page = Page::cut(found, query.limit, |p| {
        Cursor::after(p.created_at, p.id.uuid())
    });
    Ok((page, people))
}

/// Makes a project; its maker leads it.
///
/// # Errors
/// `PERMISSION_DENIED`, `VALIDATION_FAILED`, `IDEMPOTENCY_MISMATCH`.
pub async fn create(
    scope: &mut Scope,
    input: &Input,
    key: Option<&IdempotencyKey>,
) -> Result<ProjectAndPeople> {
    let input = &input.check()?;
    let id = scope
        .change(permission::PROJECTS_CREATE, |mut op| async move {
            let (me, now) = (op.me(), op.now());
            let id = ProjectId::from(op.app().env().uuid());
            if let Some(first) = op.repeated(key, "projects.create", id.uuid()).await? {
                return Ok((op, ProjectId::from(first)));
            }
            op.tx()
                .insert_project(id, &input.name, input.description.as_deref(), me, now)
                .await?;
            let link = op.app().env().uuid();
            let lead = ProjectRole::Lead.as_str();
            op.tx()
                .insert_project_member(link, id, me, lead, me, now)
                .await?;
            let after = json!({"name": input.name, "description": input.description});
            op.audit("projects.create", "project", id, None, Some(after));
            Ok((op, id))
        })
        .await?;
    get(scope, id).await
}

/// Renames a project and describes it anew.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`, `VALIDATION_FAILED`.
pub async fn update(scope: &mut Scope, id: ProjectId, input: &Input) -> Result<ProjectAndPeople> {
    let input = &input.check()?;
    let changed = scope
        .change(permission::PROJECTS_UPDATE, |mut op| async move {
            let now = op.now();
            let before = op.project(permission::PROJECTS_UPDATE, id).await?;
            op.tx()
                .update_project(id, &input.name, input.description.as_deref(), now)
                .await?;
            op.audit(
                "projects.update",
                "project",
                id,
                Some(json!({"name": before.name, "description": before.description})),
                Some(json!({"name": input.name, "description": input.description})),
            );
            Ok((op, ()))
        })
        .await;
    scope.or_elsewhere(id, changed).await?;
    get(scope, id).await
}

/// Removes a project with its documents. Their objects go by jobs of the same transaction.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn delete(scope: &mut Scope, id: ProjectId) -> Result<()> {
    let gone = scope
        .change(permission::PROJECTS_DELETE, |mut op| async move {
            let before = op.project(permission::PROJECTS_DELETE, id).await?;
            let keys = op.tx().delete_project(id).await?;
            let now = op.now();
            for chunk in keys.chunks(100) {
                op.enqueue(&jobs::DeleteObjects::of(chunk, now)).await?;
                // Upload URLs outlive the documents that they were signed for.
                let last_put = now + UPLOAD_GRACE;
                op.enqueue(&jobs::DeleteObjects::of(chunk, last_put))
                    .await?;
            }
            let before = json!({
                "name": before.name, "description": before.description, "documents": keys.len()
            });
            op.audit("projects.delete", "project", id, Some(before), None);
            Ok((op, ()))
        })
        .await;
    scope.or_elsewhere(id, gone).await
}
