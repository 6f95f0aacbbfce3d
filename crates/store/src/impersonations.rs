//! Operators who act for users: who, whom, why, until when, and in which session.

use bailiwick_kernel::id::{ImpersonationId, OrgId, UserId};
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// A new one; nothing happens where its impersonator has one open.
    INSERT(UUID, UUID, UUID, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.impersonations (id, user_id, impersonator_id, reason, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (impersonator_id) where ended_at is null do nothing";
    /// Closes those of somebody whose time is over.
    CLOSE_EXPIRED(UUID, TIMESTAMPTZ) = "
        update control.impersonations set ended_at = expires_at
        where impersonator_id = $1 and ended_at is null and expires_at <= $2";
    /// The provider has made the ticket, and nobody has ended it meanwhile.
    SET_TOKEN(UUID, TEXT) = "
        update control.impersonations set clerk_actor_token_id = $2 where id = $1 and ended_at is null";
    /// The first session that came with it is the one that counts.
    BEGIN(UUID, TEXT, TIMESTAMPTZ) = "
        update control.impersonations set clerk_session_id = $2, began_at = $3
        where id = $1 and ended_at is null and expires_at > $3 and clerk_session_id is null
          and clerk_actor_token_id is not null";
    /// It leads into an organization, for the first time.
    VISIT(UUID, UUID, TIMESTAMPTZ) = "
        insert into control.impersonation_visits (impersonation_id, organization_id, at) values ($1, $2, $3)
        on conflict (impersonation_id, organization_id) do nothing";
    /// The end, by somebody or by the provider's refusal.
    END(UUID, TIMESTAMPTZ, UUID, TEXT) = "
        update control.impersonations set ended_at = $2, ended_by = $3, error = $4
        where id = $1 and ended_at is null";
    /// One, locked.
    LOCK(UUID) = "
        select id, user_id, impersonator_id, reason, created_at, expires_at, clerk_actor_token_id, clerk_session_id,
               began_at, ended_at, ended_by, error
        from control.impersonations where id = $1 for update";
    /// One with who acts, as they are now, and whether it has led into an organization.
    FIND_ACTING(UUID, UUID) = "
        select i.id, i.user_id, i.impersonator_id, i.reason, i.created_at, i.expires_at, i.clerk_actor_token_id,
               i.clerk_session_id, i.began_at, i.ended_at, i.ended_by, i.error,
               u.clerk_user_id, u.platform_role, u.is_active and u.deleted_at is null,
               exists (select 1 from control.impersonation_visits v
                       where v.impersonation_id = i.id and v.organization_id = $2)
        from control.impersonations i join control.users u on u.id = i.impersonator_id
        where i.id = $1";
    /// A page, the newest first: those that are open, those that are over, or all.
    LIST(TEXT, TIMESTAMPTZ, TIMESTAMPTZ, UUID, INT8) = "
        select id, user_id, impersonator_id, reason, created_at, expires_at, clerk_actor_token_id, clerk_session_id,
               began_at, ended_at, ended_by, error
        from control.impersonations
        where ($1::text is null or ($1 = 'open') = (ended_at is null and expires_at > $2))
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
        order by created_at desc, id desc limit $5";
    /// Every role that a user has anywhere, suspended or not.
    LIST_ROLES(UUID) = "
        select distinct m.role from control.memberships m join control.organizations o on o.id = m.organization_id
        where m.user_id = $1 and m.status <> 'removed' and o.deleted_at is null order by m.role limit 1000";
}

/// Somebody of the operators acting for a user.
#[derive(Debug, Clone)]
pub struct Impersonation {
    /// Its id, which the session's tokens name.
    pub id: ImpersonationId,
    /// For whom.
    pub user: UserId,
    /// Who.
    pub impersonator: UserId,
    /// Why, in their words.
    pub reason: String,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// The provider's id of the ticket; none until it has answered.
    pub clerk_actor_token_id: Option<String>,
    /// The provider's id of the session; none until it was first used here.
    pub clerk_session_id: Option<String>,
    /// When it was first used here.
    pub began_at: Option<Timestamp>,
    /// When it was ended before its time, or closed after it.
    pub ended_at: Option<Timestamp>,
    /// By whom; none where nobody did.
    pub ended_by: Option<UserId>,
    /// Why it came to nothing.
    pub error: Option<String>,
}

impl Impersonation {
    /// `failed`, `ended`, `expired`, `active` once it was used, `pending` before.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> &'static str {
        match (self.ended_at, self.began_at) {
            _ if self.error.is_some() => "failed",
            (Some(at), _) if at < self.expires_at => "ended",
            _ if self.expires_at <= now => "expired",
            (_, Some(_)) => "active",
            (_, None) => "pending",
        }
    }

    /// Whether somebody may act by it.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at && self.clerk_actor_token_id.is_some()
    }
}

/// What a new one needs.
#[derive(Debug, Clone)]
pub struct NewImpersonation<'a> {
    /// Its id.
    pub id: ImpersonationId,
    /// For whom.
    pub user: UserId,
    /// Who.
    pub impersonator: UserId,
    /// Why.
    pub reason: &'a str,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// An impersonation with who acts, as they are now.
#[derive(Debug, Clone)]
pub struct ActingRow {
    /// The impersonation.
    pub impersonation: Impersonation,
    /// The provider's id of who acts.
    pub clerk_user_id: Option<String>,
    /// `none`, `admin_staff` or `super_admin`.
    pub platform_role: String,
    /// Neither deactivated nor deleted.
    pub is_active: bool,
    /// It has led into the organization before.
    pub has_visited: bool,
}

/// Which page is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// `open` or `over`; none for all.
    pub state: Option<&'a str>,
    /// Which tells those that are over.
    pub now: Timestamp,
    /// Behind which the page begins.
    pub after: Option<(Timestamp, Uuid)>,
    /// Rows at most.
    pub limit: i64,
}

/// Inserts; `false` where the impersonator has one open.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &NewImpersonation<'_>, now: Timestamp) -> Result<bool> {
    let (id, user, impersonator) = (new.id.uuid(), new.user.uuid(), new.impersonator.uuid());
    tx.execute(&CLOSE_EXPIRED, &[&impersonator, &now]).await?;
    let inserted = tx
        .execute(
            &INSERT,
            &[
                &id,
                &user,
                &impersonator,
                &new.reason,
                &now,
                &new.expires_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Notes the provider's ticket; `false` where it has been ended meanwhile.
///
/// # Errors
/// The database's.
pub async fn set_token(tx: &mut Tx, id: ImpersonationId, token: &str) -> Result<bool> {
    Ok(tx.execute(&SET_TOKEN, &[&id.uuid(), &token]).await? == 1)
}

/// Binds it to its session; `false` where it has one, or is over.
///
/// # Errors
/// The database's.
pub async fn begin(
    tx: &mut Tx,
    id: ImpersonationId,
    clerk_session_id: &str,
    now: Timestamp,
) -> Result<bool> {
    let begun = tx
        .execute(&BEGIN, &[&id.uuid(), &clerk_session_id, &now])
        .await?;
    Ok(begun == 1)
}

/// Notes that it leads into an organization; `false` where it has before.
///
/// # Errors
/// The database's.
pub async fn visit(tx: &mut Tx, id: ImpersonationId, org: OrgId, now: Timestamp) -> Result<bool> {
    let visited = tx.execute(&VISIT, &[&id.uuid(), &org.uuid(), &now]).await?;
    Ok(visited == 1)
}

/// Ends it; `false` where it has ended.
///
/// # Errors
/// The database's.
pub async fn end(
    tx: &mut Tx,
    id: ImpersonationId,
    by: Option<UserId>,
    error: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let by = by.map(UserId::uuid);
    let ended = tx.execute(&END, &[&id.uuid(), &now, &by, &error]).await?;
    Ok(ended == 1)
}

/// The row, locked.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, id: ImpersonationId) -> Result<Option<Impersonation>> {
    let row = tx.query_opt(&LOCK, &[&id.uuid()]).await?;
    row.as_ref().map(decode).transpose()
}

/// The keys of every role that a user has anywhere.
///
/// # Errors
/// The database's.
pub async fn list_roles(tx: &mut Tx, user: UserId) -> Result<Vec<String>> {
    let rows = tx.query(&LIST_ROLES, &[&user.uuid()]).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

impl Store {
    /// The impersonation with who acts, and whether it has led into `org`.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_acting(
        &self,
        id: ImpersonationId,
        org: Option<OrgId>,
    ) -> Result<Option<ActingRow>> {
        let org = org.map(OrgId::uuid);
        let row = self
            .pool()
            .query_opt(&FIND_ACTING, &[&id.uuid(), &org])
            .await?;
        row.map(|row| {
            Ok(ActingRow {
                impersonation: decode(&row)?,
                clerk_user_id: row.try_get(12)?,
                platform_role: row.try_get(13)?,
                is_active: row.try_get(14)?,
                has_visited: row.try_get(15)?,
            })
        })
        .transpose()
    }

    /// A page, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_impersonations(&self, listing: Listing<'_>) -> Result<Vec<Impersonation>> {
        let Listing {
            state,
            now,
            after,
            limit,
        } = listing;
        let (at, id) = after.unzip();
        let rows = self
            .pool()
            .query(&LIST, &[&state, &now, &at, &id, &limit])
            .await?;
        rows.iter().map(decode).collect()
    }
}

fn decode(row: &Row) -> Result<Impersonation> {
    Ok(Impersonation {
        id: ImpersonationId::from(row.try_get::<_, Uuid>(0)?),
        user: UserId::from(row.try_get::<_, Uuid>(1)?),
        impersonator: UserId::from(row.try_get::<_, Uuid>(2)?),
        reason: row.try_get(3)?,
        created_at: row.try_get(4)?,
        expires_at: row.try_get(5)?,
        clerk_actor_token_id: row.try_get(6)?,
        clerk_session_id: row.try_get(7)?,
        began_at: row.try_get(8)?,
        ended_at: row.try_get(9)?,
        ended_by: row.try_get::<_, Option<Uuid>>(10)?.map(UserId::from),
        error: row.try_get(11)?,
    })
}
