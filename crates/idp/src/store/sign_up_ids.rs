//! Attempts to sign up as servers know them: by id alone, and with the customer's own id.

use bailiwick_pg::{Tx, sql};

use crate::error::Result;

sql! {
    /// The browser of an attempt and the customer's own id of whoever signs up.
    FIND_SIGN_UP_IDS(TEXT) = "select client_id, external_id from idp.sign_ups where id = $1";
    /// Gives an attempt the customer's own id.
    SET_SIGN_UP_EXTERNAL_ID(TEXT, TEXT) = "
        update idp.sign_ups set external_id = $2 where id = $1";
}

/// `(client id, external id)` of an attempt.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<(String, Option<String>)>> {
    let row = tx.query_opt(&FIND_SIGN_UP_IDS, &[&id]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}

/// Gives an attempt the customer's own id.
pub async fn set_external_id(tx: &mut Tx, id: &str, external_id: Option<&str>) -> Result<()> {
    tx.execute(&SET_SIGN_UP_EXTERNAL_ID, &[&id, &external_id])
        .await?;
    Ok(())
}
