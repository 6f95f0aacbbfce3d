//! Keys with which programs act for a user, an organization or a machine.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::store::api_keys::{self as rows, ApiKey};
use crate::store::{self, machines, organizations, users};
use crate::{derived, ids, secrets};

/// How often a use is noted.
const NOTE_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// The most keys that a subject has at a time.
const MAX: i64 = 500;

/// What a new key is like.
#[derive(Debug, Default)]
pub struct NewKey {
    /// For people.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Whose it is.
    pub subject: String,
    /// The user who makes it.
    pub created_by: Option<String>,
    /// What a server says in it.
    pub claims: Option<Value>,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// When it ends, in seconds from now; none for never.
    pub lifetime: Option<i64>,
}

/// Makes a key; its secret is the second value. 404 where the subject is unknown, 409 where it has a
/// key of that name.
pub async fn create(idp: &Idp, tx: &mut Tx, new: NewKey) -> Result<(ApiKey, String)> {
    check_subject(tx, &new.subject).await?;
    if let Some(user_id) = &new.created_by {
        check_subject(tx, user_id).await?;
    }
    let now = store::now(idp.env());
    let filter = rows::ApiKeyFilter {
        subject: new.subject.clone(),
        ..rows::ApiKeyFilter::default()
    };
    let (_, count) = rows::list(
        tx,
        &filter,
        now,
        store::Page {
            limit: 1,
            offset: 0,
        },
    )
    .await?;
    if count >= MAX {
        let text = "There are too many API keys. Revoke one first.";
        return Err(Refusal::new(StatusCode::CONFLICT, "api_key_usage_exceeded", text).into());
    }
    let id = ids::hex(idp.env(), "ak");
    let secret = secret_of(idp, &id);
    let key = ApiKey {
        id,
        name: new.name,
        description: new.description,
        subject: new.subject,
        created_by: new.created_by,
        secret_digest: secrets::digest(&secret),
        claims: new.claims,
        scopes: new.scopes,
        revoked: false,
        revocation_reason: None,
        expires_at: new.lifetime.map(|seconds| end(now, seconds)),
        last_used_at: None,
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, &key)
        .await
        .map_err(|error| taken(error, StatusCode::CONFLICT))?;
    Ok((key, secret))
}

/// The instant so many seconds from now.
#[must_use]
pub fn end(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(now)
}

/// The secret of the key of that id.
#[must_use]
pub fn secret_of(idp: &Idp, id: &str) -> String {
    derived::secret(idp, "ak", id, 1)
}

/// 404 where there is no such user, organization or machine.
pub async fn check_subject(tx: &mut Tx, subject: &str) -> Result<()> {
    let id = [subject.to_owned()];
    let is_known = match subject.split_once('_') {
        Some(("user", _)) => !users::load(tx, &id).await?.is_empty(),
        Some(("org", _)) => !organizations::load(tx, &id).await?.is_empty(),
        Some(("mch", _)) => !machines::load(tx, &id).await?.is_empty(),
        _ => false,
    };
    if is_known {
        return Ok(());
    }
    Err(Refusal::not_found("Subject").into())
}

/// Takes a key back; one that was taken back stays as it is. 404 where there is none that `is_own`
/// holds for.
pub async fn revoke(
    idp: &Idp,
    tx: &mut Tx,
    id: &str,
    reason: Option<String>,
    is_own: impl FnOnce(&ApiKey) -> bool,
) -> Result<ApiKey> {
    let mut key = rows::find_locked(tx, id)
        .await?
        .filter(is_own)
        .ok_or_else(not_found)?;
    if !key.revoked {
        key.revoked = true;
        key.revocation_reason = reason;
        rows::save(tx, &mut key, store::now(idp.env())).await?;
    }
    Ok(key)
}

/// The key of a secret, whose use is noted. 404 for a secret that opens nothing, whyever: it is
/// unknown, taken back, too old, or its user is banned.
pub async fn verify(idp: &Idp, tx: &mut Tx, secret: &str) -> Result<ApiKey> {
    let now = store::now(idp.env());
    let key = rows::find_by_secret(tx, &secrets::digest(secret))
        .await?
        .filter(|key| !key.revoked && !key.is_expired(now))
        .ok_or_else(not_found)?;
    let due = now.saturating_sub(NOTE_EVERY).unwrap_or(now);
    rows::set_used(tx, &key.id, now, due).await?;
    Ok(key)
}

/// The refusal where there is no such key.
#[must_use]
pub fn not_found() -> Refusal {
    Refusal::not_found("API key")
}

/// What a database says of a name that is taken, under `status`.
#[must_use]
pub fn taken(error: Error, status: StatusCode) -> Error {
    match &error {
        Error::Database(database) if database.constraint() == Some("api_keys_name") => {
            let text = "API Key name already exists.";
            Refusal::new(status, "api_key_name_already_exists", text)
                .param("name")
                .into()
        }
        _ => error,
    }
}
