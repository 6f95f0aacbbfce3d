//! Templates of tokens for other services.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::{Page, after};
use crate::error::Result;

/// A row of `idp.jwt_templates`.
#[derive(Clone, Debug)]
pub struct JwtTemplate {
    /// `jtmp_…`.
    pub id: String,
    /// What callers ask for it by; unique.
    pub name: String,
    /// A JSON object with shortcodes in its texts.
    pub claims: Value,
    /// How long its tokens live.
    pub lifetime_seconds: i64,
    /// How much earlier than now its tokens begin.
    pub clock_skew_seconds: i64,
    /// As JSON Web Algorithms name it.
    pub signing_algorithm: String,
    /// A signing key of its own, sealed; none for the instance's.
    pub sealed_key: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

impl JwtTemplate {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            claims: row.get("claims"),
            lifetime_seconds: row.get("lifetime_seconds"),
            clock_skew_seconds: row.get("clock_skew_seconds"),
            signing_algorithm: row.get("signing_algorithm"),
            sealed_key: row.get("sealed_key"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

sql! {
    /// A page of templates, the newest first.
    LIST(INT8, INT8) = "
        select id, name, claims, lifetime_seconds, clock_skew_seconds, signing_algorithm,
               sealed_key, created_at, updated_at
        from idp.jwt_templates order by created_at desc, id limit $1 offset $2";
    /// How many there are.
    COUNT() = "select count(*) from idp.jwt_templates";
    /// A template.
    FIND(TEXT) = "
        select id, name, claims, lifetime_seconds, clock_skew_seconds, signing_algorithm,
               sealed_key, created_at, updated_at
        from idp.jwt_templates where id = $1";
    /// A template, locked until the transaction's end.
    FIND_LOCKED(TEXT) = "
        select id, name, claims, lifetime_seconds, clock_skew_seconds, signing_algorithm,
               sealed_key, created_at, updated_at
        from idp.jwt_templates where id = $1 for update";
    /// The template of a name.
    FIND_BY_NAME(TEXT) = "
        select id, name, claims, lifetime_seconds, clock_skew_seconds, signing_algorithm,
               sealed_key, created_at, updated_at
        from idp.jwt_templates where name = $1";
    /// A new template.
    INSERT(TEXT, TEXT, JSONB, INT8, INT8, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.jwt_templates (id, name, claims, lifetime_seconds, clock_skew_seconds,
            signing_algorithm, sealed_key, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    /// All that changes in a template.
    UPDATE(TEXT, TEXT, JSONB, INT8, INT8, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.jwt_templates set name = $2, claims = $3, lifetime_seconds = $4,
            clock_skew_seconds = $5, signing_algorithm = $6, sealed_key = $7, updated_at = $8
        where id = $1";
    /// Removes a template.
    DELETE(TEXT) = "delete from idp.jwt_templates where id = $1";
}

/// A page of templates, the newest first, and how many there are.
pub async fn list(tx: &mut Tx, page: Page) -> Result<(Vec<JwtTemplate>, i64)> {
    let rows = tx.query(&LIST, &[&page.limit, &page.offset]).await?;
    let count = tx.query_one(&COUNT, &[]).await?.get(0);
    Ok((rows.iter().map(JwtTemplate::read).collect(), count))
}

/// The template of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<JwtTemplate>> {
    let row = tx.query_opt(&FIND, &[&id]).await?;
    Ok(row.as_ref().map(JwtTemplate::read))
}

/// The template of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<JwtTemplate>> {
    let row = tx.query_opt(&FIND_LOCKED, &[&id]).await?;
    Ok(row.as_ref().map(JwtTemplate::read))
}

/// The template of that name.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<JwtTemplate>> {
    let row = tx.query_opt(&FIND_BY_NAME, &[&name]).await?;
    Ok(row.as_ref().map(JwtTemplate::read))
}

/// Stores a new template.
pub async fn insert(tx: &mut Tx, template: &JwtTemplate) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &template.id,
            &template.name,
            &template.claims,
            &template.lifetime_seconds,
            &template.clock_skew_seconds,
            &template.signing_algorithm,
            &template.sealed_key,
            &template.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a locked template and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, template: &mut JwtTemplate, now: Timestamp) -> Result<()> {
    template.updated_at = after(template.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &template.id,
            &template.name,
            &template.claims,
            &template.lifetime_seconds,
            &template.clock_skew_seconds,
            &template.signing_algorithm,
            &template.sealed_key,
            &template.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Removes a template; whether there was one.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[&id]).await? == 1)
}
