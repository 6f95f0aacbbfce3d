//! Keys of users, organizations and machines.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::Page;
use crate::error::Result;

/// A row of `idp.api_keys`.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// `ak_…`.
    pub id: String,
    /// For people; one of each among a subject's keys.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Whose it is: a user, an organization or a machine.
    pub subject: String,
    /// The user who made it.
    pub created_by: Option<String>,
    /// SHA-256 of the secret.
    pub secret_digest: String,
    /// What a server says in it.
    pub claims: Option<Value>,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Why.
    pub revocation_reason: Option<String>,
    /// Its end; none for one that does not end.
    pub expires_at: Option<Timestamp>,
    /// When it was verified last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}

impl ApiKey {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            description: row.get("description"),
            subject: row.get("subject"),
            created_by: row.get("created_by"),
            secret_digest: row.get("secret_digest"),
            claims: row.get("claims"),
            scopes: row.get("scopes"),
            revoked: row.get("revoked"),
            revocation_reason: row.get("revocation_reason"),
            expires_at: row.get("expires_at"),
            last_used_at: row.get("last_used_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// Whether its time is over at `now`.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

sql! {
    /// A new key. The prefix of the subject says which of the three it is.
    INSERT_API_KEY(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, JSONB, TEXT_ARRAY, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.api_keys (id, name, description, user_id, organization_id, machine_id,
            created_by, secret_digest, claims, scopes, expires_at, created_at, updated_at)
        values ($1, $2, $3,
            case when starts_with($4, 'user_') then $4 end,
            case when starts_with($4, 'org_') then $4 end,
            case when starts_with($4, 'mch_') then $4 end,
            $5, $6, $7, $8, $9, $10, $10)";
    /// A key, locked until the transaction's end.
    FIND_API_KEY(TEXT) = "
        select id, name, description, subject, created_by, secret_digest, claims, scopes, revoked,
               revocation_reason, expires_at, last_used_at, created_at, updated_at
        from idp.api_keys where id = $1 for update";
    /// The key with that secret, unless its user is banned.
    FIND_API_KEY_BY_SECRET(TEXT) = "
        select k.id, k.name, k.description, k.subject, k.created_by, k.secret_digest, k.claims,
               k.scopes, k.revoked, k.revocation_reason, k.expires_at, k.last_used_at,
               k.created_at, k.updated_at
        from idp.api_keys k left join idp.users u on u.id = k.user_id
        where k.secret_digest = $1 and u.banned is not true";
    /// A page of a subject's keys whose name or id matches, the newest first.
    LIST_API_KEYS(TEXT, BOOL, TIMESTAMPTZ, TEXT, INT8, INT8) = "
        select id, name, description, subject, created_by, secret_digest, claims, scopes, revoked,
               revocation_reason, expires_at, last_used_at, created_at, updated_at
        from idp.api_keys
        where subject = $1
          and ($2 or (not revoked and (expires_at is null or expires_at > $3)))
          and ($4 = '' or id = $4 or strpos(lower(name), lower($4)) > 0)
        order by created_at desc, id limit $5 offset $6";
    /// How many there are.
    COUNT_API_KEYS(TEXT, BOOL, TIMESTAMPTZ, TEXT) = "
        select count(*) from idp.api_keys
        where subject = $1
          and ($2 or (not revoked and (expires_at is null or expires_at > $3)))
          and ($4 = '' or id = $4 or strpos(lower(name), lower($4)) > 0)";
    /// What changes in a key's life.
    UPDATE_API_KEY(TEXT, TEXT, TEXT, JSONB, TEXT_ARRAY, BOOL, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.api_keys set description = $2,
            user_id = case when starts_with($3, 'user_') then $3 end,
            organization_id = case when starts_with($3, 'org_') then $3 end,
            machine_id = case when starts_with($3, 'mch_') then $3 end,
            claims = $4, scopes = $5, revoked = $6, revocation_reason = $7, expires_at = $8,
            updated_at = $9
        where id = $1";
    /// Gone.
    DELETE_API_KEY(TEXT) = "delete from idp.api_keys where id = $1";
    /// Notes a use, unless one was noted after `$3`.
    USE_API_KEY(TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.api_keys set last_used_at = $2
        where id = $1 and (last_used_at is null or last_used_at < $3)";
}

/// Which of a subject's keys are listed.
#[derive(Clone, Debug, Default)]
pub struct ApiKeyFilter {
    /// Whose they are.
    pub subject: String,
    /// Those too that are taken back or past their end.
    pub include_invalid: bool,
    /// Part of the name, or the id.
    pub query: String,
}

/// Stores a new key.
pub async fn insert(tx: &mut Tx, key: &ApiKey) -> Result<()> {
    tx.execute(
        &INSERT_API_KEY,
        &[
            &key.id,
            &key.name,
            &key.description,
            &key.subject,
            &key.created_by,
            &key.secret_digest,
            &key.claims,
            &key.scopes,
            &key.expires_at,
            &key.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// The key of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<ApiKey>> {
    let row = tx.query_opt(&FIND_API_KEY, &[&id]).await?;
    Ok(row.as_ref().map(ApiKey::read))
}

/// The key whose secret has that digest, unless its user is banned.
pub async fn find_by_secret(tx: &mut Tx, digest: &str) -> Result<Option<ApiKey>> {
    let row = tx.query_opt(&FIND_API_KEY_BY_SECRET, &[&digest]).await?;
    Ok(row.as_ref().map(ApiKey::read))
}

/// A page of a subject's keys, the newest first, and how many match.
pub async fn list(
    tx: &mut Tx,
    filter: &ApiKeyFilter,
    now: Timestamp,
    page: Page,
) -> Result<(Vec<ApiKey>, i64)> {
    let ApiKeyFilter {
        subject,
        include_invalid,
        query,
    } = filter;
    let rows = tx
        .query(
            &LIST_API_KEYS,
            &[
                subject,
                include_invalid,
                &now,
                query,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(&COUNT_API_KEYS, &[subject, include_invalid, &now, query])
        .await?;
    Ok((rows.iter().map(ApiKey::read).collect(), count.get(0)))
}

/// Saves a locked key and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, key: &mut ApiKey, now: Timestamp) -> Result<()> {
    key.updated_at = super::after(key.updated_at, now);
    tx.execute(
        &UPDATE_API_KEY,
        &[
            &key.id,
            &key.description,
            &key.subject,
            &key.claims,
            &key.scopes,
            &key.revoked,
            &key.revocation_reason,
            &key.expires_at,
            &key.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Deletes a key; whether it was there.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE_API_KEY, &[&id]).await? > 0)
}

/// Notes a use, unless one was noted after `due`.
pub async fn set_used(tx: &mut Tx, id: &str, now: Timestamp, due: Timestamp) -> Result<()> {
    tx.execute(&USE_API_KEY, &[&id, &now, &due]).await?;
    Ok(())
}
