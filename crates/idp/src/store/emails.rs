//! E-mail addresses of users, with how each was verified.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::verifications::Verification;
use crate::error::Result;

/// A row of `idp.email_addresses` with its verification.
#[derive(Clone, Debug)]
pub struct EmailAddress {
    /// `idn_…`.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// As the user wrote it.
    pub address: String,
    /// How it is being, or was, verified.
    pub verification: Option<Verification>,
    /// Since when it belongs to the user for sure; a verified address is unique.
    pub verified_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl EmailAddress {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            user_id: row.get("user_id"),
            address: row.get("address"),
            verification: Verification::read_joined(row),
            verified_at: row.get("email_verified_at"),
            created_at: row.get("email_created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

sql! {
    /// The addresses of some users, oldest first.
    LIST(TEXT_ARRAY, INT8) = "
        select e.id, e.user_id, e.address, e.verified_at as email_verified_at,
               e.created_at as email_created_at, e.updated_at,
               v.id as v_id, v.strategy as v_strategy, v.code_digest as v_code_digest,
               v.attempts as v_attempts, v.expire_at as v_expire_at,
               v.verified_at as v_verified_at, v.created_at as v_created_at
        from idp.email_addresses e left join idp.verifications v on v.id = e.verification_id
        where e.user_id = any($1) order by e.created_at, e.id limit $2";
    /// A new address.
    INSERT(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.email_addresses
            (id, user_id, address, verification_id, verified_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6)";
    /// Marks an address as the user's own.
    SET_VERIFIED(TEXT, TIMESTAMPTZ) = "
        update idp.email_addresses set verified_at = $2, updated_at = $2 where id = $1";
    /// Removes an address of a user.
    DELETE(TEXT, TEXT) = "delete from idp.email_addresses where user_id = $1 and id = $2";
}

/// How many addresses of all asked-for users are read at once; far more than people have.
const MAX: i64 = 5_000;

/// The addresses of some users, oldest first.
pub async fn list(tx: &mut Tx, user_ids: &[String]) -> Result<Vec<EmailAddress>> {
    if user_ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx
        .query(&LIST, &[&user_ids, &MAX])
        .await?
        .iter()
        .map(EmailAddress::read)
        .collect())
}

/// Stores a new address. A verified one that belongs to somebody violates
/// `email_addresses_verified`.
pub async fn insert(tx: &mut Tx, email: &EmailAddress) -> Result<()> {
    let verification_id = email
        .verification
        .as_ref()
        .map(|verification| &verification.id);
    tx.execute(
        &INSERT,
        &[
            &email.id,
            &email.user_id,
            &email.address,
            &verification_id,
            &email.verified_at,
            &email.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Marks an address as verified at `now`.
pub async fn set_verified(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&SET_VERIFIED, &[&id, &now]).await?;
    Ok(())
}

/// Removes an address of a user; whether there was one.
pub async fn delete(tx: &mut Tx, user_id: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[&user_id, &id]).await? > 0)
}
