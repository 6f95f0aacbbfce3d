//! What sessions ask their users to prove again.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use super::verifications::{self, Verification};
use crate::error::Result;

/// A row of `idp.reverifications` with the verifications of its factors.
#[derive(Clone, Debug)]
pub struct Reverification {
    /// The session that asks.
    pub session_id: String,
    /// `first_factor`, `second_factor` or `multi_factor`: what is asked for.
    pub level: String,
    /// `needs_first_factor`, `needs_second_factor` or `complete`.
    pub status: String,
    /// The first factor that is under way or was given.
    pub first_factor: Option<Verification>,
    /// The second factor that is under way or was given.
    pub second_factor: Option<Verification>,
    /// When it was asked.
    pub created_at: Timestamp,
}

sql! {
    /// What a session asks for.
    FIND(TEXT) = "
        select session_id, level, status, first_factor_verification_id,
               second_factor_verification_id, created_at
        from idp.reverifications where session_id = $1";
    /// Saves what a session asks for, in place of what it asked for before.
    SAVE(TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.reverifications (session_id, level, status,
            first_factor_verification_id, second_factor_verification_id, created_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (session_id) do update set level = excluded.level,
            status = excluded.status,
            first_factor_verification_id = excluded.first_factor_verification_id,
            second_factor_verification_id = excluded.second_factor_verification_id,
            created_at = excluded.created_at";
}

/// What a session asks for.
pub async fn find(tx: &mut Tx, session_id: &str) -> Result<Option<Reverification>> {
    let Some(row) = tx.query_opt(&FIND, &[&session_id]).await? else {
        return Ok(None);
    };
    let (first, second): (Option<String>, Option<String>) = (
        row.get("first_factor_verification_id"),
        row.get("second_factor_verification_id"),
    );
    Ok(Some(Reverification {
        session_id: row.get("session_id"),
        level: row.get("level"),
        status: row.get("status"),
        first_factor: verification(tx, first).await?,
        second_factor: verification(tx, second).await?,
        created_at: row.get("created_at"),
    }))
}

async fn verification(tx: &mut Tx, id: Option<String>) -> Result<Option<Verification>> {
    match id {
        Some(id) => verifications::find(tx, &id).await,
        None => Ok(None),
    }
}

/// Saves what a session of a locked client asks for.
pub async fn save(tx: &mut Tx, row: &Reverification) -> Result<()> {
    let id = |verification: &Option<Verification>| {
        verification
            .as_ref()
            .map(|verification| verification.id.clone())
    };
    tx.execute(
        &SAVE,
        &[
            &row.session_id,
            &row.level,
            &row.status,
            &id(&row.first_factor),
            &id(&row.second_factor),
            &row.created_at,
        ],
    )
    .await?;
    Ok(())
}
