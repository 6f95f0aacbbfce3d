//! Who is on a project, and as what. Link rows: a change is a removal and an addition.

use bailiwick_kernel::id::{ProjectId, UserId};
use bailiwick_pg::{Row, Statement, ToSql, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Result;
use crate::tenant::{Read, TenantTx};

sql! {
    /// Everybody on a project, in the order in which they came; none where the project is not there.
    LIST(UUID, UUID, TIMESTAMPTZ, UUID, INT8) = "
        select member_id, project_role, created_at from {t}.project_members
        where tenant_id = $1 and project_id = $2
          and ($3::timestamptz is null or (created_at, member_id) > ($3, $4))
        order by created_at, member_id limit $5";
    /// Puts a member on a project.
    INSERT(UUID, UUID, UUID, UUID, TEXT, UUID, TIMESTAMPTZ) = "
        insert into {t}.project_members (tenant_id, id, project_id, member_id, project_role, added_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict on constraint project_members_once_key do nothing";
    /// Which of these projects a member is on.
    ON(UUID, UUID, UUID_ARRAY) = "
        select project_id from {t}.project_members
        where tenant_id = $1 and member_id = $2 and project_id = any($3) limit 1000";
    /// Takes a member off a project; answers what they were.
    DELETE(UUID, UUID, UUID) = "
        delete from {t}.project_members where tenant_id = $1 and project_id = $2 and member_id = $3
        returning project_role, created_at";
}

/// Somebody on a project.
#[derive(Debug, Clone)]
pub struct ProjectMember {
    /// Who.
    pub member: UserId,
    /// `lead` or `contributor`.
    pub project_role: String,
    /// Since when.
    pub added_at: Timestamp,
}

/// Reads who is on a project.
pub struct List {
    project: Uuid,
    after_at: Option<Timestamp>,
    after_id: Option<Uuid>,
    limit: i64,
}

impl List {
    /// Of `project`, after `(added_at, member)`, at most `limit`.
    #[must_use]
    pub fn new(project: ProjectId, after: Option<(Timestamp, Uuid)>, limit: i64) -> Self {
        Self {
            project: project.uuid(),
            after_at: after.map(|(at, _)| at),
            after_id: after.map(|(_, id)| id),
            limit,
        }
    }
}

impl Read for List {
    type Output = Vec<ProjectMember>;

    fn statement(&self) -> &'static Statement {
        &LIST
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.project, &self.after_at, &self.after_id, &self.limit]
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Vec<ProjectMember>> {
        rows.into_iter()
            .map(|row| {
                Ok(ProjectMember {
                    member: UserId::from(row.try_get::<_, Uuid>(0)?),
                    project_role: row.try_get(1)?,
                    added_at: row.try_get(2)?,
                })
            })
            .collect()
    }
}

/// Reads which of some projects a member is on.
pub struct On {
    member: Uuid,
    projects: Vec<Uuid>,
}

impl On {
    /// `member` on `projects`, at most a thousand of them.
    #[must_use]
    pub fn new(member: UserId, projects: &[ProjectId]) -> Self {
        Self {
            member: member.uuid(),
            projects: projects.iter().map(|id| id.uuid()).collect(),
        }
    }
}

impl Read for On {
    type Output = Vec<ProjectId>;

    fn statement(&self) -> &'static Statement {
        &ON
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.member, &self.projects]
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Vec<ProjectId>> {
        rows.into_iter()
            .map(|row| Ok(ProjectId::from(row.try_get::<_, Uuid>(0)?)))
            .collect()
    }
}

impl TenantTx {
    /// Puts `member` on a project; `false` where they are on it.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_project_member(
        &mut self,
        id: Uuid,
        project: ProjectId,
        member: UserId,
        project_role: &str,
        by: UserId,
        now: Timestamp,
    ) -> Result<bool> {
        let tenant = self.tenant().uuid();
        let n = self
            .execute(
                &INSERT,
                &[
                    &tenant,
                    &id,
                    &project.uuid(),
                    &member.uuid(),
                    &project_role,
                    &by.uuid(),
                    &now,
                ],
            )
            .await?;
        Ok(n == 1)
    }

    /// Takes `member` off a project; answers the project role that they had.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_project_member(
        &mut self,
        project: ProjectId,
        member: UserId,
    ) -> Result<Option<String>> {
        let tenant = self.tenant().uuid();
        let row = self
            .query_opt(&DELETE, &[&tenant, &project.uuid(), &member.uuid()])
            .await?;
        row.map(|row| row.try_get(0)).transpose()
    }
}
