//! Phone numbers of users, with how each was verified.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;
use serde::Deserialize;

use super::verifications::Verification;
use crate::error::Result;

/// A row of `idp.phone_numbers` with its verification.
#[derive(Clone, Debug, Deserialize)]
pub struct PhoneNumber {
    /// `idn_…`.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// In the form of E.164: a plus sign and digits.
    pub number: String,
    /// Gets the codes of second factors and signs nobody in.
    pub reserved_for_second_factor: bool,
    /// The number among several that a second factor is sent to unless another is chosen.
    pub default_second_factor: bool,
    /// How it is being, or was, verified.
    pub verification: Option<Verification>,
    /// Since when it belongs to the user for sure.
    pub verified_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// SQL for the numbers of user `u`, oldest first, as a JSON array.
macro_rules! phones_json {
    () => {
        concat!(
            "(select coalesce(json_agg(x), '[]') from (select p.id, p.user_id, p.number,
                 p.reserved_for_second_factor, p.default_second_factor, ",
            crate::store::verifications::verification_json!("p.verification_id"),
            " as verification, p.verified_at, p.created_at, p.updated_at
              from idp.phone_numbers p where p.user_id = u.id
              order by p.created_at, p.id limit 200) x)"
        )
    };
}
pub(super) use phones_json;

sql! {
    /// Whose a number is.
    FIND_PHONE_USER(TEXT) = "select user_id from idp.phone_numbers where id = $1";
    /// A new number.
    INSERT_PHONE(TEXT, TEXT, TEXT, BOOL, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.phone_numbers (id, user_id, number, reserved_for_second_factor,
            verification_id, verified_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)";
    /// All that changes in a number.
    UPDATE_PHONE(TEXT, BOOL, BOOL, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.phone_numbers set reserved_for_second_factor = $2, default_second_factor = $3,
            verification_id = $4, verified_at = $5, updated_at = $6
        where id = $1";
    /// No number of a user is the default one any more.
    CLEAR_DEFAULT_PHONE(TEXT) = "
        update idp.phone_numbers set default_second_factor = false
        where user_id = $1 and default_second_factor";
    /// Removes a number of a user.
    DELETE_PHONE(TEXT, TEXT) = "delete from idp.phone_numbers where user_id = $1 and id = $2";
}

/// Whose a number is.
pub async fn find_user(tx: &mut Tx, id: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&FIND_PHONE_USER, &[&id]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Stores a new number, which is no default. A verified one that belongs to somebody violates
/// `phone_numbers_verified`, a second one of the same user `phone_numbers_own`.
pub async fn insert(tx: &mut Tx, phone: &PhoneNumber) -> Result<()> {
    let verification_id = phone.verification.as_ref().map(|row| &row.id);
    tx.execute(
        &INSERT_PHONE,
        &[
            &phone.id,
            &phone.user_id,
            &phone.number,
            &phone.reserved_for_second_factor,
            &verification_id,
            &phone.verified_at,
            &phone.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a number of a locked user.
pub async fn save(tx: &mut Tx, phone: &mut PhoneNumber, now: Timestamp) -> Result<()> {
    phone.updated_at = super::after(phone.updated_at, now);
    let verification_id = phone.verification.as_ref().map(|row| &row.id);
    tx.execute(
        &UPDATE_PHONE,
        &[
            &phone.id,
            &phone.reserved_for_second_factor,
            &phone.default_second_factor,
            &verification_id,
            &phone.verified_at,
            &phone.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Makes none of a user's numbers the default one.
pub async fn clear_default(tx: &mut Tx, user_id: &str) -> Result<()> {
    tx.execute(&CLEAR_DEFAULT_PHONE, &[&user_id]).await?;
    Ok(())
}

/// Removes a number of a user; whether there was one.
pub async fn delete(tx: &mut Tx, user_id: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE_PHONE, &[&user_id, &id]).await? > 0)
}
