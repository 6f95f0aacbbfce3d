//! Digests of passwords, changed without anybody being told.

use bailiwick_pg::{Tx, sql};

use crate::error::Result;

sql! {
    /// A better digest of the same password takes the place of an old one. A password that must
    /// not be used any longer keeps its digest: that is how it is known.
    UPGRADE_PASSWORD(TEXT, TEXT, TEXT) = "
        update idp.users u set password_digest = $3
        where u.id = $1 and u.password_digest = $2
          and not exists (select 1 from idp.user_factors f
              where f.user_id = u.id and f.password_compromised_mark is not null)";
}

/// Puts `better` in the place of `old`; whether it did.
pub async fn upgrade(tx: &mut Tx, user_id: &str, old: &str, better: &str) -> Result<bool> {
    Ok(tx
        .execute(&UPGRADE_PASSWORD, &[&user_id, &old, &better])
        .await?
        > 0)
}
