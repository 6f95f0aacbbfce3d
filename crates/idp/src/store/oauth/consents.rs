//! What users allowed applications.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

sql! {
    /// What a user allowed an application.
    FIND_CONSENT(TEXT, TEXT) = "
        select scopes from idp.oauth_consents where application_id = $1 and user_id = $2";
    /// Adds to it.
    ADD_CONSENT(TEXT, TEXT, TEXT_ARRAY, TIMESTAMPTZ) = "
        insert into idp.oauth_consents as c (application_id, user_id, scopes, updated_at)
        values ($1, $2, $3, $4)
        on conflict (application_id, user_id) do update set updated_at = excluded.updated_at,
            scopes = array(select distinct s from unnest(c.scopes || excluded.scopes) s order by s)";
}

/// What a user allowed an application.
pub async fn find(tx: &mut Tx, application_id: &str, user_id: &str) -> Result<Vec<String>> {
    let row = tx
        .query_opt(&FIND_CONSENT, &[&application_id, &user_id])
        .await?;
    Ok(row.map(|row| row.get(0)).unwrap_or_default())
}

/// Notes that a user allowed an application this too.
pub async fn add(
    tx: &mut Tx,
    application_id: &str,
    user_id: &str,
    scopes: &[String],
    now: Timestamp,
) -> Result<()> {
    tx.execute(&ADD_CONSENT, &[&application_id, &user_id, &scopes, &now])
        .await?;
    Ok(())
}
