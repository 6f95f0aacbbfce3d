//! What users have beside their first factor.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;
use serde::Deserialize;

use crate::error::Result;

/// What a user has beside the first factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Factors {
    /// An authenticator application was set up and proven.
    pub has_totp: bool,
    /// At least one backup code is unused.
    pub has_backup_codes: bool,
    /// When the user last went from no second factor to one.
    pub mfa_enabled_at: Option<Timestamp>,
    /// When the user last gave up the last one.
    pub mfa_disabled_at: Option<Timestamp>,
    /// Names the digest of a password that must not be used any longer.
    pub password_compromised_mark: Option<String>,
}

/// SQL for the factors of user `u`, as a JSON object.
macro_rules! factors_json {
    () => {
        "(select row_to_json(x) from (
            select t.verified_at is not null as has_totp,
                   exists (select 1 from idp.backup_codes b
                           where b.user_id = u.id and b.used_at is null) as has_backup_codes,
                   f.mfa_enabled_at, f.mfa_disabled_at, f.password_compromised_mark
            from (select u.id) as who
            left join idp.totps t on t.user_id = u.id
            left join idp.user_factors f on f.user_id = u.id) x)"
    };
}
pub(super) use factors_json;

sql! {
    /// What is remembered of a user beside the factors themselves.
    SAVE(TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TEXT) = "
        insert into idp.user_factors
            (user_id, mfa_enabled_at, mfa_disabled_at, password_compromised_mark)
        values ($1, $2, $3, $4)
        on conflict (user_id) do update set mfa_enabled_at = excluded.mfa_enabled_at,
            mfa_disabled_at = excluded.mfa_disabled_at,
            password_compromised_mark = excluded.password_compromised_mark";
}

/// Saves what is remembered of a locked user beside the factors themselves.
pub async fn save(tx: &mut Tx, user_id: &str, factors: &Factors) -> Result<()> {
    tx.execute(
        &SAVE,
        &[
            &user_id,
            &factors.mfa_enabled_at,
            &factors.mfa_disabled_at,
            &factors.password_compromised_mark,
        ],
    )
    .await?;
    Ok(())
}
