//! Which ticket an attempt to sign up was begun with.

use bailiwick_pg::{Tx, sql};

use crate::error::Result;

sql! {
    /// Binds a ticket to an attempt.
    BIND(TEXT, TEXT, TEXT) = "
        insert into idp.sign_up_tickets (sign_up_id, source, source_id) values ($1, $2, $3)
        on conflict (sign_up_id) do update set source = $2, source_id = $3";
    /// The ticket of an attempt.
    FIND(TEXT) = "select source, source_id from idp.sign_up_tickets where sign_up_id = $1";
}

/// Binds a ticket to an attempt to sign up; a later one takes the place of an earlier one.
pub async fn bind(tx: &mut Tx, sign_up_id: &str, source: &str, source_id: &str) -> Result<()> {
    tx.execute(&BIND, &[&sign_up_id, &source, &source_id])
        .await?;
    Ok(())
}

/// `(source, source id)` of the ticket of an attempt to sign up.
pub async fn find(tx: &mut Tx, sign_up_id: &str) -> Result<Option<(String, String)>> {
    let row = tx.query_opt(&FIND, &[&sign_up_id]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}
