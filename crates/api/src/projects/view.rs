//! A project as the API shows it.

use bailiwick_kernel::id::ProjectId;
use bailiwick_kernel::policy::permission;
use bailiwick_services::Scope;
use bailiwick_services::people::People;
use bailiwick_services::projects::ProjectAndPeople;
use bailiwick_store::projects::Project;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PersonView;

/// A project as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Project)]
pub struct ProjectView {
    /// Its id.
    id: ProjectId,
    /// Its name.
    name: String,
    /// What it is about.
    #[schema(required = true)]
    description: Option<String>,
    /// Who made it.
    created_by: PersonView,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// The caller's role on it; null where they are not on it.
    #[schema(required = true, value_type = Option<bailiwick_kernel::ProjectRole>)]
    my_role: Option<String>,
    /// What the caller may do with it.
    can: ProjectCan,
    /// How many documents have been uploaded.
    document_count: i64,
}

/// What the caller may do with a project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectCan {
    /// Change name and description.
    update: bool,
    /// Remove it with its documents.
    delete: bool,
    /// Say who is on it.
    manage_members: bool,
    /// Add documents.
    upload: bool,
}

impl ProjectView {
    /// The view of `project` for `scope`.
    pub fn of(scope: &Scope, project: Project, people: &People) -> Self {
        let role = project.my_role.as_deref();
        let can = ProjectCan {
            update: scope.may_on(permission::PROJECTS_UPDATE, role),
            delete: scope.may_on(permission::PROJECTS_DELETE, role),
            manage_members: scope.may_on(permission::PROJECT_MEMBERS_MANAGE, role),
            upload: scope.may_on(permission::DOCUMENTS_UPLOAD, role),
        };
        Self {
            id: project.id,
            name: project.name,
            description: project.description,
            created_by: PersonView::of(project.created_by, people),
            created_at: project.created_at,
            updated_at: project.updated_at,
            my_role: project.my_role,
            can,
            document_count: project.document_count,
        }
    }

    /// The view of one project.
    pub fn one(scope: &Scope, found: ProjectAndPeople) -> Self {
        Self::of(scope, found.project, &found.people)
    }
}
