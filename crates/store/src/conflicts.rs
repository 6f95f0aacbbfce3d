//! People whose e-mail is somebody else's here as well. No account is ever linked by that alone: it is
//! for people to look at (B04).

use bailiwick_kernel::id::UserId;
use bailiwick_pg::{Tx, sql};
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
}

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
}
