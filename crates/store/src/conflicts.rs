//! People whose e-mail is somebody else's here as well. No account is ever linked by that alone: it is
//! for people to look at (B04).

use bailiwick_kernel::id::UserId;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// Who else has this e-mail, and whether they wait for its owner.
    LIST_SHARING(TEXT, UUID) = "
        select id, clerk_user_id is null from control.users
        where lower(email) = lower($1) and id <> $2 and deleted_at is null order by id limit 20";
    /// Notes a conflict, once.
    INSERT(UUID, UUID, TEXT, TIMESTAMPTZ) = "
        insert into control.conflicts (user_id, other_id, reason, created_at) values ($1, $2, $3, $4)
        on conflict (user_id, other_id) do nothing";
    /// An open conflict of a user, while the other is there.
    FIND_OPEN(UUID) = "
        select c.reason from control.conflicts c join control.users o on o.id = c.other_id
        where c.user_id = $1 and c.resolved_at is null and o.deleted_at is null
        order by c.created_at limit 1";
    /// Conflicts, the newest first, with what tells the two people apart. Open ones are those that
    /// nobody has looked at and whose people are both there.
    LIST(BOOL, TIMESTAMPTZ, UUID, UUID, INT8) = "
        select c.user_id, u.clerk_user_id, u.email, u.full_name, u.deleted_at is not null,
               c.other_id, o.clerk_user_id, o.email, o.full_name, o.deleted_at is not null,
               c.reason, c.created_at, c.resolved_at
        from control.conflicts c
        join control.users u on u.id = c.user_id join control.users o on o.id = c.other_id
        where (c.resolved_at is null and u.deleted_at is null and o.deleted_at is null) = $1
          and ($2::timestamptz is null or (c.created_at, c.user_id, c.other_id) < ($2, $3, $4))
        order by c.created_at desc, c.user_id desc, c.other_id desc limit $5";
    /// A conflict, locked.
    LOCK(UUID, UUID) = "
        select reason, resolved_at from control.conflicts where user_id = $1 and other_id = $2 for update";
    /// Somebody has looked at it.
    RESOLVE(UUID, UUID, TIMESTAMPTZ) = "
        update control.conflicts set resolved_at = $3 where user_id = $1 and other_id = $2";
}

/// Whose e-mail is somebody else's as well.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Who came with the e-mail.
    pub user: Party,
    /// Who has it, or waits for its owner.
    pub other: Party,
    /// `shared_email` or `unverified_email`.
    pub reason: String,
    /// When it was noticed.
    pub created_at: Timestamp,
    /// When somebody said that they had looked at it.
    pub resolved_at: Option<Timestamp>,
}

/// One of the two.
#[derive(Debug, Clone)]
pub struct Party {
    /// Our id.
    pub id: UserId,
    /// The provider's id; none where the row waits for its owner.
    pub clerk_user_id: Option<String>,
    /// The verified primary e-mail.
    pub email: Option<String>,
    /// First and last name.
    pub full_name: Option<String>,
    /// Deleted for good.
    pub is_deleted: bool,
}

/// The place of a conflict in their list.
pub type Place = (Timestamp, UserId, UserId);

/// Notes who else has `email`: those who wait for its owner where it is not proven, everybody where
/// it is.
///
/// # Errors
/// The database's.
pub async fn note(
    tx: &mut Tx,
    user: UserId,
    email: &str,
    is_verified: bool,
    now: Timestamp,
) -> Result<()> {
    let others = tx.query(&LIST_SHARING, &[&email, &user.uuid()]).await?;
    for other in others {
        let (other, waits): (Uuid, bool) = (other.try_get(0)?, other.try_get(1)?);
        let reason = match (is_verified, waits) {
            (true, _) => "shared_email",
            (false, true) => "unverified_email",
            (false, false) => continue,
        };
        tx.execute(&INSERT, &[&user.uuid(), &other, &reason, &now])
            .await?;
    }
    Ok(())
}

impl Store {
    /// Why a user's e-mail is in question: `shared_email` or `unverified_email`; none where it is
    /// not.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_conflict(&self, user: UserId) -> Result<Option<String>> {
        let row = self.pool().query_opt(&FIND_OPEN, &[&user.uuid()]).await?;
        row.map(|row| row.try_get(0)).transpose()
    }

    /// A page of conflicts, the newest first: those that are open, or the others.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_conflicts(
        &self,
        is_open: bool,
        after: Option<Place>,
        limit: i64,
    ) -> Result<Vec<Conflict>> {
        let at = after.map(|(at, ..)| at);
        let user = after.map(|(_, user, _)| user.uuid());
        let other = after.map(|(.., other)| other.uuid());
        let rows = self
            .pool()
            .query(&LIST, &[&is_open, &at, &user, &other, &limit])
            .await?;
        rows.iter().map(decode).collect()
    }
}

fn decode(row: &Row) -> Result<Conflict> {
    Ok(Conflict {
        user: party(row, 0)?,
        other: party(row, 5)?,
        reason: row.try_get(10)?,
        created_at: row.try_get(11)?,
        resolved_at: row.try_get(12)?,
    })
}

fn party(row: &Row, at: usize) -> Result<Party> {
    Ok(Party {
        id: UserId::from(row.try_get::<_, Uuid>(at)?),
        clerk_user_id: row.try_get(at + 1)?,
        email: row.try_get(at + 2)?,
        full_name: row.try_get(at + 3)?,
        is_deleted: row.try_get(at + 4)?,
    })
}

/// Says that somebody has looked at a conflict. Answers its reason and whether it was open; none
/// where there is none.
///
/// # Errors
/// The database's.
pub async fn resolve(
    tx: &mut Tx,
    user: UserId,
    other: UserId,
    now: Timestamp,
) -> Result<Option<(String, bool)>> {
    let ids = (user.uuid(), other.uuid());
    let Some(row) = tx.query_opt(&LOCK, &[&ids.0, &ids.1]).await? else {
        return Ok(None);
    };
    let (reason, resolved_at): (String, Option<Timestamp>) = (row.try_get(0)?, row.try_get(1)?);
    let is_open = resolved_at.is_none();
    if is_open {
        tx.execute(&RESOLVE, &[&ids.0, &ids.1, &now]).await?;
    }
    Ok(Some((reason, is_open)))
}
