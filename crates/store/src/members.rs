//! A membership's projection inside the tenant, the target of its foreign keys.

use bailiwick_kernel::id::UserId;
use bailiwick_pg::sql;
use jiff::Timestamp;

use crate::Result;
use crate::tenant::TenantTx;

sql! {
    /// Writes a member's role and status.
    UPSERT(UUID, UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into {t}.members (tenant_id, id, role, status, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $5)
        on conflict (tenant_id, id) do update
          set role = excluded.role, status = excluded.status, updated_at = excluded.updated_at
          where members.role <> excluded.role or members.status <> excluded.status";
    /// Who is removed from the organization is on no project any more.
    LEAVE_PROJECTS(UUID, UUID) = "delete from {t}.project_members where tenant_id = $1 and member_id = $2";
    /// A row for somebody who is no member and yet makes something here.
    ENSURE_OPERATOR(UUID, UUID, TIMESTAMPTZ) = "
        insert into {t}.members (tenant_id, id, role, status, created_at, updated_at)
        values ($1, $2, 'operator', 'removed', $3, $3) on conflict (tenant_id, id) do nothing";
    /// Whether a member may be put on a project.
    IS_ACTIVE(UUID, UUID) = "select 1 from {t}.members where tenant_id = $1 and id = $2 and status = 'active'";
}

impl TenantTx {
    /// Brings one member's projection to `role` and `status` (`active`, `suspended`, `removed`).
    ///
    /// # Errors
    /// The database's.
    pub async fn project_member(
        &mut self,
        user: UserId,
        role: &str,
        status: &str,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().uuid();
        let status = if status == "pending" {
            "suspended"
        } else {
            status
        };
        self.execute(&UPSERT, &[&tenant, &user.uuid(), &role, &status, &now])
            .await?;
        if status == "removed" {
            self.execute(&LEAVE_PROJECTS, &[&tenant, &user.uuid()])
                .await?;
        }
        Ok(())
    }

    /// Gives an operator of the installation a row that what they make here can refer to. It makes
    /// them no member: its status is `removed`.
    ///
    /// # Errors
    /// The database's.
    pub async fn ensure_operator(&mut self, user: UserId, now: Timestamp) -> Result<()> {
        let tenant = self.tenant().uuid();
        self.execute(&ENSURE_OPERATOR, &[&tenant, &user.uuid(), &now])
            .await?;
        Ok(())
    }

    /// Whether `user` is an active member of this tenant.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_active_member(&mut self, user: UserId) -> Result<bool> {
        let tenant = self.tenant().uuid();
        Ok(self
            .query_opt(&IS_ACTIVE, &[&tenant, &user.uuid()])
            .await?
            .is_some())
    }
}
