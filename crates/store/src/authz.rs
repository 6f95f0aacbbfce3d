//! What decisions about single things need beside the caller's context.

use bailiwick_kernel::id::{ProjectId, UserId};
use bailiwick_pg::{Row, Statement, ToSql, sql};
use uuid::Uuid;

use crate::Result;
use crate::tenant::Read;

/// Projects that one question may be about.
pub const PROJECTS_MAX: usize = 200;

sql! {
    /// The caller's roles on some projects, at most [`PROJECTS_MAX`].
    STANDINGS(UUID, UUID, UUID_ARRAY) = "
        select project_id, project_role from {t}.project_members
        where tenant_id = $1 and member_id = $2 and project_id = any($3) limit 200";
}

/// Reads the caller's roles on some projects; none where the caller is not on one.
pub struct Standings {
    me: Uuid,
    projects: Vec<Uuid>,
}

impl Standings {
    /// Of `me` on `projects`, at most [`PROJECTS_MAX`].
    #[must_use]
    pub fn new(me: UserId, projects: impl IntoIterator<Item = ProjectId>) -> Self {
        Self {
            me: me.uuid(),
            projects: projects.into_iter().map(ProjectId::uuid).collect(),
        }
    }
}

impl Read for Standings {
    type Output = Vec<(ProjectId, String)>;

    fn statement(&self) -> &'static Statement {
        &STANDINGS
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.me, &self.projects]
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Self::Output> {
        rows.into_iter()
            .map(|row| {
                let project = ProjectId::from(row.try_get::<_, Uuid>(0)?);
                Ok((project, row.try_get(1)?))
            })
            .collect()
    }
}
