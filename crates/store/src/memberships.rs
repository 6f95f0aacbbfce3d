//! Who belongs where: the authority over access.

use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// A membership, locked, whatever its status.
    LOCK(UUID, UUID) = "
        select id, role, status, clerk_updated_at, provider_role, clerk_membership_id, joined_at, grants
        from control.memberships
        where user_id = $1 and organization_id = $2 for update";
    /// A new membership; the first active one of a user is primary.
    INSERT(UUID, UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, UUID) = "
        insert into control.memberships (id, user_id, organization_id, clerk_membership_id, role,
               provider_role, clerk_updated_at, joined_at, created_at, updated_at, status, invited_by, is_primary)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, $9, $10,
                $9 = 'active' and not exists (select 1 from control.memberships x where x.user_id = $2 and x.is_primary))
        on conflict (user_id, organization_id) do nothing";
    /// The provider's newer state. A version of its own for whatever changes a decision.
    UPDATE(UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, UUID) = "
        update control.memberships set clerk_membership_id = $2, role = $3, provider_role = $4,
               clerk_updated_at = $5, updated_at = $6, status = $7,
               joined_at = case when status = 'removed' then $6 else joined_at end,
               invited_by = case when status = 'removed' then $8 else invited_by end,
               version = version + case when role <> $3 or status <> $7 then 1 else 0 end
        where id = $1";
    /// The provider repeats what is here: only its time moves.
    TOUCH(UUID, TIMESTAMPTZ) = "
        update control.memberships set clerk_updated_at = $2 where id = $1";
    /// A role of ours, with what the provider calls it or is about to.
    SET_ROLE(UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        update control.memberships set role = $2, provider_role = $3, updated_at = $4, version = version + 1
        where id = $1";
    /// A status of ours.
    SET_STATUS(UUID, TEXT, TIMESTAMPTZ) = "
        update control.memberships set status = $2, updated_at = $3, version = version + 1,
               is_primary = is_primary and $2 = 'active'
        where id = $1";
    /// Whether somebody active has a role.
    HAS_ACTIVE(UUID, TEXT) = "
        select exists (
          select 1 from control.memberships where organization_id = $1 and role = $2 and status = 'active')";
    /// Whether a user is in any other organization.
    IS_ELSEWHERE(UUID, UUID) = "
        select exists (
          select 1 from control.memberships m join control.organizations o on o.id = m.organization_id
          where m.user_id = $1 and m.organization_id <> $2 and m.status in ('active', 'suspended')
            and o.deleted_at is null)";
    /// Ended: the version moves, so whoever knew it is refused at the door.
    REMOVE(UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.memberships set status = 'removed', is_primary = false, clerk_updated_at = $2,
               updated_at = $3, version = version + 1
        where id = $1 and status <> 'removed'";
    /// All of a user's, when the user is deleted.
    REMOVE_OF_USER(UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.memberships set status = 'removed', is_primary = false, clerk_updated_at = $2,
               updated_at = $3, version = version + 1
        where user_id = $1 and status <> 'removed' returning organization_id";
    /// All of an organization's, when it is deleted.
    REMOVE_OF_ORG(UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.memberships set status = 'removed', is_primary = false, clerk_updated_at = $2,
               updated_at = $3, version = version + 1
        where organization_id = $1 and status <> 'removed'";
    /// The members of an organization that are, or were, part of its projection.
    LIST_FOR_PROJECTION(UUID) = "
        select user_id, role, status from control.memberships
        where organization_id = $1 order by user_id limit 100000";
    /// One member, whatever the status.
    FIND_MEMBER(UUID, UUID) = "
        select m.user_id, u.email, u.full_name, u.avatar_url, m.role, m.status, m.joined_at, u.last_active_at,
               m.invited_by, u.clerk_user_id
        from control.memberships m join control.users u on u.id = m.user_id
        where m.organization_id = $1 and m.user_id = $2";
    /// A page of members of one status, oldest first.
    LIST(UUID, TIMESTAMPTZ, UUID, INT8, TEXT) = "
        select m.user_id, u.email, u.full_name, u.avatar_url, m.role, m.status, m.joined_at, u.last_active_at,
               m.invited_by, u.clerk_user_id
        from control.memberships m join control.users u on u.id = m.user_id
        where m.organization_id = $1 and m.status = $5
          and ($2::timestamptz is null or (m.joined_at, m.user_id) > ($2, $3))
        order by m.joined_at, m.user_id limit $4";
}

/// A membership's row under lock.
#[derive(Debug, Clone)]
pub struct Locked {
    /// Our id.
    pub id: MembershipId,
    /// The org role's key.
    pub role: String,
    /// Its status.
    pub status: String,
    /// The provider's time of what the row holds.
    pub clerk_updated_at: Timestamp,
    /// What the provider called the role when it last said so.
    pub provider_role: String,
    /// The provider's id.
    pub clerk_membership_id: Option<String>,
    /// Since when.
    pub joined_at: Timestamp,
    /// What they were granted beside the role, as stored.
    pub grants: serde_json::Value,
}

/// What the provider says of a membership, with the role that it means here.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// The provider's id.
    pub clerk_membership_id: Option<&'a str>,
    /// The org role's key.
    pub role: &'a str,
    /// The provider's key.
    pub provider_role: &'a str,
    /// The provider's `updated_at`.
    pub updated_at: Timestamp,
    /// `active`, `suspended` or `pending`.
    pub status: &'a str,
    /// Whose invitation brought them, where they come now.
    pub invited_by: Option<UserId>,
}

/// A member as lists show one.
#[derive(Debug, Clone)]
pub struct OrgMember {
    /// Who.
    pub user: UserId,
    /// The verified primary e-mail.
    pub email: Option<String>,
    /// First and last name.
    pub full_name: Option<String>,
    /// A picture.
    pub avatar_url: Option<String>,
    /// The org role's key.
    pub role: String,
    /// `active`, `suspended`, `pending` or `removed`.
    pub status: String,
    /// Since when.
    pub joined_at: Timestamp,
    /// When they were seen last.
    pub last_active_at: Option<Timestamp>,
    /// Whose invitation brought them.
    pub invited_by: Option<UserId>,
    /// The provider's id.
    pub clerk_user_id: Option<String>,
}

impl Store {
    /// A page of an organization's members of one status after `(joined_at, user)`.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_org_members(
        &self,
        org: OrgId,
        status: &str,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<OrgMember>> {
        let (at, id) = after.map_or((None, None), |(at, id)| (Some(at), Some(id)));
        let rows = self
            .pool()
            .query(&LIST, &[&org.uuid(), &at, &id, &limit, &status])
            .await?;
        rows.into_iter().map(decode_member).collect()
    }

    /// One member, whatever the status.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_org_member(&self, org: OrgId, user: UserId) -> Result<Option<OrgMember>> {
        let row = self
            .pool()
            .query_opt(&FIND_MEMBER, &[&org.uuid(), &user.uuid()])
            .await?;
        row.map(decode_member).transpose()
    }
}

fn decode_member(row: Row) -> Result<OrgMember> {
    Ok(OrgMember {
        user: UserId::from(row.try_get::<_, Uuid>(0)?),
        email: row.try_get(1)?,
        full_name: row.try_get(2)?,
        avatar_url: row.try_get(3)?,
        role: row.try_get(4)?,
        status: row.try_get(5)?,
        joined_at: row.try_get(6)?,
        last_active_at: row.try_get(7)?,
        invited_by: row.try_get::<_, Option<Uuid>>(8)?.map(UserId::from),
        clerk_user_id: row.try_get(9)?,
    })
}

/// Locks the membership of a user in an organization.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, user: UserId, org: OrgId) -> Result<Option<Locked>> {
    let row = tx.query_opt(&LOCK, &[&user.uuid(), &org.uuid()]).await?;
    row.map(|row| {
        Ok(Locked {
            id: MembershipId::from(row.try_get::<_, Uuid>(0)?),
            role: row.try_get(1)?,
            status: row.try_get(2)?,
            clerk_updated_at: row.try_get(3)?,
            provider_role: row.try_get(4)?,
            clerk_membership_id: row.try_get(5)?,
            joined_at: row.try_get(6)?,
            grants: row.try_get(7)?,
        })
    })
    .transpose()
}

/// Inserts; `false` where another transaction was first.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Tx,
    id: MembershipId,
    user: UserId,
    org: OrgId,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<bool> {
    let invited_by = change.invited_by.map(UserId::uuid);
    let inserted = tx
        .execute(
            &INSERT,
            &[
                &id.uuid(),
                &user.uuid(),
                &org.uuid(),
                &change.clerk_membership_id,
                &change.role,
                &change.provider_role,
                &change.updated_at,
                &now,
                &change.status,
                &invited_by,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Writes the provider's newer state; a removed one is a member again.
///
/// # Errors
/// The database's.
pub async fn update(
    tx: &mut Tx,
    id: MembershipId,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<()> {
    let invited_by = change.invited_by.map(UserId::uuid);
    tx.execute(
        &UPDATE,
        &[
            &id.uuid(),
            &change.clerk_membership_id,
            &change.role,
            &change.provider_role,
            &change.updated_at,
            &now,
            &change.status,
            &invited_by,
        ],
    )
    .await?;
    Ok(())
}

/// Notes that the provider, at `at`, said what is here.
///
/// # Errors
/// The database's.
pub async fn touch(tx: &mut Tx, id: MembershipId, at: Timestamp) -> Result<()> {
    tx.execute(&TOUCH, &[&id.uuid(), &at]).await?;
    Ok(())
}

/// Gives a role of ours. `provider_role` is what the provider calls it, or will once it is told.
///
/// # Errors
/// The database's.
pub async fn set_role(
    tx: &mut Tx,
    id: MembershipId,
    role: &str,
    provider_role: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&SET_ROLE, &[&id.uuid(), &role, &provider_role, &now])
        .await?;
    Ok(())
}

/// Gives a status of ours.
///
/// # Errors
/// The database's.
pub async fn set_status(tx: &mut Tx, id: MembershipId, status: &str, now: Timestamp) -> Result<()> {
    tx.execute(&SET_STATUS, &[&id.uuid(), &status, &now])
        .await?;
    Ok(())
}

/// Whether an active member of the organization has this role.
///
/// # Errors
/// The database's.
pub async fn has_active(tx: &mut Tx, org: OrgId, role: &str) -> Result<bool> {
    tx.query_one(&HAS_ACTIVE, &[&org.uuid(), &role])
        .await?
        .try_get(0)
}

/// Whether a user is in any organization but this one.
///
/// # Errors
/// The database's.
pub async fn is_elsewhere(tx: &mut Tx, user: UserId, org: OrgId) -> Result<bool> {
    tx.query_one(&IS_ELSEWHERE, &[&user.uuid(), &org.uuid()])
        .await?
        .try_get(0)
}

/// Ends a membership.
///
/// # Errors
/// The database's.
pub async fn remove(tx: &mut Tx, id: MembershipId, at: Timestamp, now: Timestamp) -> Result<()> {
    tx.execute(&REMOVE, &[&id.uuid(), &at, &now]).await?;
    Ok(())
}

/// Ends all memberships of a user; answers the organizations that lost one.
///
/// # Errors
/// The database's.
pub async fn remove_of_user(
    tx: &mut Tx,
    user: UserId,
    at: Timestamp,
    now: Timestamp,
) -> Result<Vec<OrgId>> {
    let rows = tx
        .query(&REMOVE_OF_USER, &[&user.uuid(), &at, &now])
        .await?;
    rows.into_iter()
        .map(|row| Ok(OrgId::from(row.try_get::<_, Uuid>(0)?)))
        .collect()
}

/// Ends all memberships of an organization.
///
/// # Errors
/// The database's.
pub async fn remove_of_org(tx: &mut Tx, org: OrgId, at: Timestamp, now: Timestamp) -> Result<()> {
    tx.execute(&REMOVE_OF_ORG, &[&org.uuid(), &at, &now])
        .await?;
    Ok(())
}

/// `(user, role, status)` of every membership, for the tenant's projection.
///
/// # Errors
/// The database's.
pub async fn list_for_projection(tx: &mut Tx, org: OrgId) -> Result<Vec<(UserId, String, String)>> {
    let rows = tx.query(&LIST_FOR_PROJECTION, &[&org.uuid()]).await?;
    rows.into_iter()
        .map(|row| {
            Ok((
                UserId::from(row.try_get::<_, Uuid>(0)?),
                row.try_get(1)?,
                row.try_get(2)?,
            ))
        })
        .collect()
}
