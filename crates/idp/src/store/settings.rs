//! Rows of `idp.settings`: one a changed section.

use bailiwick_pg::{Pool, Tx, sql};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::Result;

sql! {
    /// All changed sections.
    LIST_SETTINGS() = "select section, value from idp.settings order by section limit 100";
    /// Serializes changes, until the transaction's end.
    LOCK_SETTINGS() = "select pg_advisory_xact_lock(hashtextextended('idp.settings', 0))";
    /// Stores what a section says otherwise than the file.
    SAVE_SETTINGS(TEXT, JSONB, TIMESTAMPTZ) = "
        insert into idp.settings (section, value, updated_at) values ($1, $2, $3)
        on conflict (section) do update set value = excluded.value, updated_at = excluded.updated_at";
}

fn object(rows: &[bailiwick_pg::Row]) -> Value {
    let fields: Map<String, Value> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    Value::Object(fields)
}

/// What was changed, as an object of sections.
pub async fn list(pool: &Pool) -> Result<Value> {
    Ok(object(&pool.query(&LIST_SETTINGS, &[]).await?))
}

/// What was changed, and no other change until the transaction's end.
pub async fn list_locked(tx: &mut Tx) -> Result<Value> {
    tx.query(&LOCK_SETTINGS, &[]).await?;
    Ok(object(&tx.query(&LIST_SETTINGS, &[]).await?))
}

/// Stores a changed section.
pub async fn save(tx: &mut Tx, section: &str, value: &Value, now: Timestamp) -> Result<()> {
    tx.execute(&SAVE_SETTINGS, &[&section, value, &now]).await?;
    Ok(())
}
