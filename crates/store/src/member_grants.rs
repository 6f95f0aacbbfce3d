//! What memberships were granted beside their roles.

use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::tenant::TenantTx;
use crate::{Result, Store};

sql! {
    /// A membership that has not ended, with its grants.
    FIND(UUID, UUID) = "
        select m.id, m.role, m.status, m.version, m.grants, u.clerk_user_id
        from control.memberships m join control.users u on u.id = m.user_id
        where m.organization_id = $1 and m.user_id = $2 and m.status <> 'removed'";
    /// The same, locked for a change.
    LOCK(UUID, UUID) = "
        select m.id, m.role, m.status, m.version, m.grants, u.clerk_user_id
        from control.memberships m join control.users u on u.id = m.user_id
        where m.organization_id = $1 and m.user_id = $2 and m.status <> 'removed' for no key update of m";
    /// Other grants. The version moves, so whoever knew the old ones is refused at the door.
    SET(UUID, JSONB, TIMESTAMPTZ) = "
        update control.memberships set grants = $2, updated_at = $3, version = version + 1 where id = $1";
}

/// A membership with its grants.
#[derive(Debug, Clone)]
pub struct MemberGrants {
    /// The membership.
    pub membership: MembershipId,
    /// The org role's key.
    pub role: String,
    /// `active`, `suspended` or `pending`.
    pub status: String,
    /// Moves with every change.
    pub version: i64,
    /// What was granted, as stored.
    pub grants: Value,
    /// The provider's id of the member.
    pub clerk_user_id: Option<String>,
}

impl Store {
    /// The grants of `user` in `org`; none where they are no member.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_member_grants(
        &self,
        org: OrgId,
        user: UserId,
    ) -> Result<Option<MemberGrants>> {
        let row = self
            .pool()
            .query_opt(&FIND, &[&org.uuid(), &user.uuid()])
            .await?;
        row.map(decode).transpose()
    }
}

impl TenantTx {
    /// The grants of `user` in this tenant's organization, locked; none where they are no member.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_member_grants(&mut self, user: UserId) -> Result<Option<MemberGrants>> {
        let org = self.tenant().uuid();
        let row = self
            .control()
            .query_opt(&LOCK, &[&org, &user.uuid()])
            .await?;
        row.map(decode).transpose()
    }

    /// Replaces the grants of a membership.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_member_grants(
        &mut self,
        membership: MembershipId,
        grants: &Value,
        now: Timestamp,
    ) -> Result<()> {
        set(self.control(), membership, grants, now).await
    }
}

/// Replaces the grants of a membership.
///
/// # Errors
/// The database's.
pub async fn set(
    tx: &mut Tx,
    membership: MembershipId,
    grants: &Value,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&SET, &[&membership.uuid(), &grants, &now])
        .await?;
    Ok(())
}

fn decode(row: Row) -> Result<MemberGrants> {
    Ok(MemberGrants {
        membership: MembershipId::from(row.try_get::<_, Uuid>(0)?),
        role: row.try_get(1)?,
        status: row.try_get(2)?,
        version: row.try_get(3)?,
        grants: row.try_get(4)?,
        clerk_user_id: row.try_get(5)?,
    })
}
