//! Somebody on a project as the API shows them.

use bailiwick_kernel::id::UserId;
use bailiwick_services::people::People;
use bailiwick_store::project_members::ProjectMember;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody on a project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProjectMember)]
pub struct ProjectMemberView {
    /// The member, who is a user.
    member_id: UserId,
    /// The name, else the e-mail.
    #[schema(required = true)]
    name: Option<String>,
    /// The verified primary e-mail.
    #[schema(required = true)]
    email: Option<String>,
    /// A picture.
    #[schema(required = true)]
    avatar_url: Option<String>,
    /// What they are there.
    #[schema(value_type = bailiwick_kernel::ProjectRole)]
    project_role: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

impl ProjectMemberView {
    /// The view of `member`, named by `people`.
    pub fn of(member: ProjectMember, people: &People) -> Self {
        let person = people.get(member.member);
        Self {
            member_id: member.member,
            name: people.name(member.member),
            email: person.email,
            avatar_url: person.avatar_url,
            project_role: member.project_role,
            added_at: member.added_at,
        }
    }
}
