//! Who belongs where: the authority over access.

use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// A membership, locked, whatever its status.
    LOCK(UUID, UUID) = "
        select id, role, status, clerk_updated_at, provider_role from control.memberships
        where user_id = $1 and organization_id = $2 for update";
    /// A new membership; the first active one of a user is primary.
    INSERT(UUID, UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.memberships (id, user_id, organization_id, clerk_membership_id, role,
               provider_role, clerk_updated_at, joined_at, created_at, updated_at, is_primary)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8,
                not exists (select 1 from control.memberships x where x.user_id = $2 and x.is_primary))
        on conflict (user_id, organization_id) do nothing";
    /// The provider's newer state. A version of its own for whatever changes a decision.
    UPDATE(UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.memberships set clerk_membership_id = $2, role = $3, provider_role = $4,
               clerk_updated_at = $5, updated_at = $6,
               status = case when status = 'suspended' then status else 'active' end,
               joined_at = case when status = 'removed' then $6 else joined_at end,
               version = version + case when role <> $3 or status = 'removed' then 1 else 0 end
        where id = $1";
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
    /// A page of active members, oldest first.
    LIST(UUID, TIMESTAMPTZ, UUID, INT8) = "
        select m.user_id, u.email, u.full_name, u.avatar_url, m.role, m.status, m.joined_at
        from control.memberships m join control.users u on u.id = m.user_id
        where m.organization_id = $1 and m.status = 'active'
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
}

/// An active member as lists show one.
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
    /// `active`.
    pub status: String,
    /// Since when.
    pub joined_at: Timestamp,
}

impl Store {
    /// A page of an organization's active members after `(joined_at, user)`.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_org_members(
        &self,
        org: OrgId,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<OrgMember>> {
        let (at, id) = after.map_or((None, None), |(at, id)| (Some(at), Some(id)));
        let rows = self
            .pool()
            .query(&LIST, &[&org.uuid(), &at, &id, &limit])
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(OrgMember {
                    user: UserId::from(row.try_get::<_, Uuid>(0)?),
                    email: row.try_get(1)?,
                    full_name: row.try_get(2)?,
                    avatar_url: row.try_get(3)?,
                    role: row.try_get(4)?,
                    status: row.try_get(5)?,
                    joined_at: row.try_get(6)?,
                })
            })
            .collect()
    }
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
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Writes the provider's newer state; a removed one is active again.
///
/// # Errors
/// The database's.
pub async fn update(
    tx: &mut Tx,
    id: MembershipId,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        &UPDATE,
        &[
            &id.uuid(),
            &change.clerk_membership_id,
            &change.role,
            &change.provider_role,
            &change.updated_at,
            &now,
        ],
    )
    .await?;
    Ok(())
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
