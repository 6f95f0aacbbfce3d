//! Authenticator applications.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.totps`.
#[derive(Clone, Debug)]
pub struct Totp {
    /// `totp_…`.
    pub id: String,
    /// The person.
    pub user_id: String,
    /// The secret in hex, sealed.
    pub sealed_secret: String,
    /// The newest time step whose code was accepted.
    pub last_step: i64,
    /// When the application was proven to be set up.
    pub verified_at: Option<Timestamp>,
    /// When the secret was made.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

sql! {
    /// The authenticator of a user.
    FIND(TEXT) = "
        select id, user_id, sealed_secret, last_step, verified_at, created_at, updated_at
        from idp.totps where user_id = $1";
    /// A new secret, in place of one that was never proven.
    REPLACE(TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.totps (id, user_id, sealed_secret, created_at, updated_at)
        values ($1, $2, $3, $4, $4)
        on conflict (user_id) do update set id = excluded.id,
            sealed_secret = excluded.sealed_secret, last_step = 0,
            created_at = excluded.created_at, updated_at = excluded.updated_at
        where totps.verified_at is null";
    /// The application is set up.
    VERIFY(TEXT, TIMESTAMPTZ) = "
        update idp.totps set verified_at = $2, updated_at = $2 where user_id = $1";
    /// Accepts the code of a step, unless it or a newer one was accepted before.
    TAKE_STEP(TEXT, INT8) = "
        update idp.totps set last_step = $2 where user_id = $1 and last_step < $2";
    /// Removes the authenticator of a user.
    DELETE(TEXT) = "delete from idp.totps where user_id = $1";
}

/// The authenticator of a user, proven or not.
pub async fn find(tx: &mut Tx, user_id: &str) -> Result<Option<Totp>> {
    let row = tx.query_opt(&FIND, &[&user_id]).await?;
    Ok(row.map(|row| Totp {
        id: row.get("id"),
        user_id: row.get("user_id"),
        sealed_secret: row.get("sealed_secret"),
        last_step: row.get("last_step"),
        verified_at: row.get("verified_at"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }))
}

/// Stores a new secret in place of one that was never proven; one that was stays.
pub async fn replace(tx: &mut Tx, totp: &Totp) -> Result<()> {
    let created_at = totp.created_at;
    tx.execute(
        &REPLACE,
        &[&totp.id, &totp.user_id, &totp.sealed_secret, &created_at],
    )
    .await?;
    Ok(())
}

/// Notes that the application is set up.
pub async fn verify(tx: &mut Tx, user_id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&VERIFY, &[&user_id, &now]).await?;
    Ok(())
}

/// Accepts the code of a time step, once for all: of two at once, the statement lets one through.
pub async fn take_step(tx: &mut Tx, user_id: &str, step: i64) -> Result<bool> {
    Ok(tx.execute(&TAKE_STEP, &[&user_id, &step]).await? == 1)
}

/// Removes the authenticator of a user.
pub async fn delete(tx: &mut Tx, user_id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&user_id]).await?;
    Ok(())
}
