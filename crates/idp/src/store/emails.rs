//! E-mail addresses of users, with how each was verified.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;
use serde::Deserialize;

use super::verifications::Verification;
use crate::error::Result;

/// A row of `idp.email_addresses` with its verification.
#[derive(Clone, Debug, Deserialize)]
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

/// SQL for the addresses of user `u`, oldest first, as a JSON array.
macro_rules! emails_json {
    () => {
        concat!(
            "(select coalesce(json_agg(x), '[]') from (select e.id, e.user_id, e.address, ",
            crate::store::verifications::verification_json!("e.verification_id"),
            " as verification, e.verified_at, e.created_at, e.updated_at
              from idp.email_addresses e where e.user_id = u.id
              order by e.created_at, e.id limit 200) x)"
        )
    };
}
pub(super) use emails_json;

sql! {
    /// Whose an address is.
    FIND_USER(TEXT) = "select user_id from idp.email_addresses where id = $1";
    /// The address that waits for a verification.
    FIND_BY_VERIFICATION(TEXT) = "
        select user_id, id from idp.email_addresses where verification_id = $1";
    /// A new address.
    INSERT(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.email_addresses
            (id, user_id, address, verification_id, verified_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6)";
    /// How an address is verified, and since when it is.
    UPDATE(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.email_addresses set verification_id = $2, verified_at = $3, updated_at = $4
        where id = $1";
    /// Removes an address of a user.
    DELETE(TEXT, TEXT) = "delete from idp.email_addresses where user_id = $1 and id = $2";
}

/// Whose an address is.
pub async fn find_user(tx: &mut Tx, id: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&FIND_USER, &[&id]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// `(user id, e-mail address id)` of the address that waits for a verification.
pub async fn find_by_verification(tx: &mut Tx, id: &str) -> Result<Option<(String, String)>> {
    let row = tx.query_opt(&FIND_BY_VERIFICATION, &[&id]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}

/// Stores a new address. A verified one that belongs to somebody violates
/// `email_addresses_verified`, a second one of the same user `email_addresses_own`.
pub async fn insert(tx: &mut Tx, email: &EmailAddress) -> Result<()> {
    let verification_id = email.verification.as_ref().map(|row| &row.id);
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

/// Saves how an address of a locked user is verified.
pub async fn save(tx: &mut Tx, email: &mut EmailAddress, now: Timestamp) -> Result<()> {
    email.updated_at = super::after(email.updated_at, now);
    let verification_id = email.verification.as_ref().map(|row| &row.id);
    tx.execute(
        &UPDATE,
        &[
            &email.id,
            &verification_id,
            &email.verified_at,
            &email.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Removes an address of a user; whether there was one.
pub async fn delete(tx: &mut Tx, user_id: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[&user_id, &id]).await? > 0)
}
