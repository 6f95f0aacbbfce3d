//! Who is invited: the mirror of the provider's invitations, with the role that they give here.

use bailiwick_kernel::id::{InvitationId, OrgId, UserId};
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// A new invitation; nothing happens where one is open for the address.
    INSERT(UUID, UUID, TEXT, TEXT, TEXT, TEXT, TEXT, UUID, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.invitations (id, organization_id, clerk_invitation_id, email, role, provider_role,
                                         status, invited_by, expires_at, clerk_updated_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
        on conflict (organization_id, lower(email)) where status = 'pending' do nothing";
    /// An invitation of an organization, locked.
    LOCK(UUID, UUID) = "
        select id, organization_id, clerk_invitation_id, email, role, provider_role, status, sending, invited_by,
               accepted_by, applied_at, expires_at, clerk_updated_at, created_at
        from control.invitations where id = $1 and organization_id = $2 for update";
    /// An invitation by the provider's id, locked.
    LOCK_BY_CLERK_ID(TEXT) = "
        select id, organization_id, clerk_invitation_id, email, role, provider_role, status, sending, invited_by,
               accepted_by, applied_at, expires_at, clerk_updated_at, created_at
        from control.invitations where clerk_invitation_id = $1 for update";
    /// The open invitation of an address, locked.
    LOCK_OPEN(UUID, TEXT) = "
        select id, organization_id, clerk_invitation_id, email, role, provider_role, status, sending, invited_by,
               accepted_by, applied_at, expires_at, clerk_updated_at, created_at
        from control.invitations
        where organization_id = $1 and lower(email) = lower($2) and status = 'pending' for update";
    /// The invitation by which somebody has come or comes, locked: theirs by the provider's word, or
    /// for an address that is proven to be theirs. Of several the one that gives what they have at
    /// the provider: they may have come by one that was taken back and not there yet.
    LOCK_FOR_MEMBER(UUID, TEXT, TEXT_ARRAY, TEXT) = "
        select id, organization_id, clerk_invitation_id, email, role, provider_role, status, sending, invited_by,
               accepted_by, applied_at, expires_at, clerk_updated_at, created_at
        from control.invitations
        where organization_id = $1 and applied_at is null
          and (accepted_by = $2 or (accepted_by is null and lower(email) = any($3)
                                    and status in ('pending', 'accepted', 'revoked')))
        order by accepted_by is null, provider_role <> $4, status = 'revoked', created_at desc, id desc
        limit 1 for update";
    /// A page of an organization's invitations, the newest first, of one state or of all.
    LIST(UUID, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, UUID, INT8) = "
        select id, organization_id, clerk_invitation_id, email, role, provider_role, status, sending, invited_by,
               accepted_by, applied_at, expires_at, clerk_updated_at, created_at
        from control.invitations
        where organization_id = $1
          and ($2::text is null
               or $2 = case when status = 'pending' and expires_at <= $3 then 'expired' else status end)
          and ($4::timestamptz is null or (created_at, id) < ($4, $5))
        order by created_at desc, id desc limit $6";
    /// One invitation of an organization.
    FIND(UUID, UUID) = "
        select id, organization_id, clerk_invitation_id, email, role, provider_role, status, sending, invited_by,
               accepted_by, applied_at, expires_at, clerk_updated_at, created_at
        from control.invitations where id = $1 and organization_id = $2";
    /// What the provider says of an invitation.
    MIRROR(UUID, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.invitations set clerk_invitation_id = $2, provider_role = $3, status = $4,
               accepted_by = coalesce($5, accepted_by), expires_at = $6, clerk_updated_at = $7, updated_at = $8
        where id = $1";
    /// A state of ours.
    SET_STATUS(UUID, TEXT, TIMESTAMPTZ) = "
        update control.invitations set status = $2, updated_at = $3 where id = $1";
    /// Sent anew: what the provider says of earlier sendings counts no more.
    SEND_AGAIN(UUID, TEXT, TIMESTAMPTZ) = "
        update control.invitations set status = 'pending', sending = sending + 1, clerk_invitation_id = null,
               provider_role = $2, expires_at = null, updated_at = $3
        where id = $1 returning sending";
    /// The role has been given.
    SET_APPLIED(UUID, TIMESTAMPTZ) = "
        update control.invitations set applied_at = $2, updated_at = $2 where id = $1";
    /// Those whose time is over make room.
    EXPIRE(UUID, TEXT, TIMESTAMPTZ) = "
        update control.invitations set status = 'expired', updated_at = $3
        where organization_id = $1 and lower(email) = lower($2) and status = 'pending' and expires_at <= $3";
    /// Whether an active or suspended member has proven this address.
    IS_MEMBER(UUID, TEXT) = "
        select exists (
          select 1 from control.memberships m join control.users u on u.id = m.user_id
          where m.organization_id = $1 and m.status in ('active', 'suspended', 'pending')
            and u.deleted_at is null and (lower($2) = lower(u.email) or u.emails @> array[lower($2)]))";
}

/// An invitation.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Our id.
    pub id: InvitationId,
    /// To which organization.
    pub org: OrgId,
    /// The provider's id, once it has answered.
    pub clerk_invitation_id: Option<String>,
    /// For which address.
    pub email: String,
    /// The key of the role that it gives here.
    pub role: String,
    /// What the provider calls the role.
    pub provider_role: String,
    /// `pending`, `accepted`, `revoked`, `expired` or `failed`.
    pub status: String,
    /// Counts how often it was sent.
    pub sending: i32,
    /// Who invited; nobody here where it was made at the provider.
    pub invited_by: Option<UserId>,
    /// The provider's id of who accepted it.
    pub accepted_by: Option<String>,
    /// When the role was given.
    pub applied_at: Option<Timestamp>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// The provider's time of what the row holds.
    pub clerk_updated_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Invitation {
    /// The state at `now`: an open one whose time is over has expired.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> &str {
        let is_over = self.expires_at.is_some_and(|end| end <= now);
        if self.status == "pending" && is_over {
            "expired"
        } else {
            &self.status
        }
    }
}

/// What the provider says of an invitation.
#[derive(Debug, Clone)]
pub struct Mirrored<'a> {
    /// The provider's id.
    pub clerk_invitation_id: &'a str,
    /// What it calls the role.
    pub provider_role: &'a str,
    /// Its state.
    pub status: &'a str,
    /// The provider's id of who accepted it, where it says.
    pub accepted_by: Option<&'a str>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// The provider's `updated_at`.
    pub updated_at: Timestamp,
}

/// Which page of an organization's invitations.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// Of which state; none for all.
    pub status: Option<&'a str>,
    /// At which time, which tells the expired.
    pub now: Timestamp,
    /// After which `(created_at, id)`.
    pub after: Option<(Timestamp, Uuid)>,
    /// How many at most.
    pub limit: i64,
}

impl Store {
    /// A page of an organization's invitations, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_invitations(
        &self,
        org: OrgId,
        listing: Listing<'_>,
    ) -> Result<Vec<Invitation>> {
        let (at, id) = listing
            .after
            .map_or((None, None), |(at, id)| (Some(at), Some(id)));
        let rows = self
            .pool()
            .query(
                &LIST,
                &[
                    &org.uuid(),
                    &listing.status,
                    &listing.now,
                    &at,
                    &id,
                    &listing.limit,
                ],
            )
            .await?;
        rows.into_iter().map(decode).collect()
    }

    /// One invitation of an organization.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_invitation(
        &self,
        org: OrgId,
        id: InvitationId,
    ) -> Result<Option<Invitation>> {
        let row = self
            .pool()
            .query_opt(&FIND, &[&id.uuid(), &org.uuid()])
            .await?;
        row.map(decode).transpose()
    }
}

/// Inserts; `false` where one is open for the address.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &Invitation, now: Timestamp) -> Result<bool> {
    let invited_by = new.invited_by.map(UserId::uuid);
    let inserted = tx
        .execute(
            &INSERT,
            &[
                &new.id.uuid(),
                &new.org.uuid(),
                &new.clerk_invitation_id,
                &new.email,
                &new.role,
                &new.provider_role,
                &new.status,
                &invited_by,
                &new.expires_at,
                &new.clerk_updated_at,
                &now,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Locks an invitation of an organization.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, org: OrgId, id: InvitationId) -> Result<Option<Invitation>> {
    let row = tx.query_opt(&LOCK, &[&id.uuid(), &org.uuid()]).await?;
    row.map(decode).transpose()
}

/// Locks the invitation of a provider id.
///
/// # Errors
/// The database's.
pub async fn lock_by_clerk_id(tx: &mut Tx, id: &str) -> Result<Option<Invitation>> {
    let row = tx.query_opt(&LOCK_BY_CLERK_ID, &[&id]).await?;
    row.map(decode).transpose()
}

/// Locks the open invitation of an address.
///
/// # Errors
/// The database's.
pub async fn lock_open(tx: &mut Tx, org: OrgId, email: &str) -> Result<Option<Invitation>> {
    let row = tx.query_opt(&LOCK_OPEN, &[&org.uuid(), &email]).await?;
    row.map(decode).transpose()
}

/// Locks the invitation, not used yet, by which somebody with these proven addresses (in lower case)
/// comes, who has this role at the provider.
///
/// # Errors
/// The database's.
pub async fn lock_for_member(
    tx: &mut Tx,
    org: OrgId,
    clerk_user_id: &str,
    emails: &[String],
    provider_role: &str,
) -> Result<Option<Invitation>> {
    let row = tx
        .query_opt(
            &LOCK_FOR_MEMBER,
            &[&org.uuid(), &clerk_user_id, &emails, &provider_role],
        )
        .await?;
    row.map(decode).transpose()
}

/// Writes what the provider says.
///
/// # Errors
/// The database's.
pub async fn mirror(
    tx: &mut Tx,
    id: InvitationId,
    said: &Mirrored<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        &MIRROR,
        &[
            &id.uuid(),
            &said.clerk_invitation_id,
            &said.provider_role,
            &said.status,
            &said.accepted_by,
            &said.expires_at,
            &said.updated_at,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Writes a state of ours.
///
/// # Errors
/// The database's.
pub async fn set_status(tx: &mut Tx, id: InvitationId, status: &str, now: Timestamp) -> Result<()> {
    tx.execute(&SET_STATUS, &[&id.uuid(), &status, &now])
        .await?;
    Ok(())
}

/// Opens an invitation for another sending; its number.
///
/// # Errors
/// The database's.
pub async fn send_again(
    tx: &mut Tx,
    id: InvitationId,
    provider_role: &str,
    now: Timestamp,
) -> Result<i32> {
    tx.query_one(&SEND_AGAIN, &[&id.uuid(), &provider_role, &now])
        .await?
        .try_get(0)
}

/// Notes that the role has been given.
///
/// # Errors
/// The database's.
pub async fn set_applied(tx: &mut Tx, id: InvitationId, now: Timestamp) -> Result<()> {
    tx.execute(&SET_APPLIED, &[&id.uuid(), &now]).await?;
    Ok(())
}

/// Ends the open invitation of an address whose time is over.
///
/// # Errors
/// The database's.
pub async fn expire(tx: &mut Tx, org: OrgId, email: &str, now: Timestamp) -> Result<()> {
    tx.execute(&EXPIRE, &[&org.uuid(), &email, &now]).await?;
    Ok(())
}

/// Whether a member has proven this address.
///
/// # Errors
/// The database's.
pub async fn is_member(tx: &mut Tx, org: OrgId, email: &str) -> Result<bool> {
    tx.query_one(&IS_MEMBER, &[&org.uuid(), &email])
        .await?
        .try_get(0)
}

fn decode(row: Row) -> Result<Invitation> {
    Ok(Invitation {
        id: InvitationId::from(row.try_get::<_, Uuid>(0)?),
        org: OrgId::from(row.try_get::<_, Uuid>(1)?),
        clerk_invitation_id: row.try_get(2)?,
        email: row.try_get(3)?,
        role: row.try_get(4)?,
        provider_role: row.try_get(5)?,
        status: row.try_get(6)?,
        sending: row.try_get(7)?,
        invited_by: row.try_get::<_, Option<Uuid>>(8)?.map(UserId::from),
        accepted_by: row.try_get(9)?,
        applied_at: row.try_get(10)?,
        expires_at: row.try_get(11)?,
        clerk_updated_at: row.try_get(12)?,
        created_at: row.try_get(13)?,
    })
}
