//! What was removed, proven and signed: kept in the database, and in the object store beside what
//! is kept of the audit.

use std::collections::BTreeMap;

use bailiwick_outside::storage::{ObjectKey, ObjectStore};
use bailiwick_store::Store;
use bailiwick_store::audit::{Fact, Keys, Mac, certificate};
use bailiwick_store::removals::scan::{self, KEPT};
use bailiwick_store::removals::{self as rows, Removal, Signed, Step};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::objects::{BYTES, COUNT, first_page, prefix};
use super::{LOOK_AGAIN, Went};
use crate::{App, Error, Result};

/// Below it stand all certificates.
const PREFIX: &str = "removal-certificates";
/// The media type.
const CONTENT_TYPE: &str = "application/json";
/// A certificate takes a few thousand bytes.
const BYTES_MAX: usize = 256 * 1024;
/// The form of the text.
const FORM: &str = "bailiwick.removal.1";

/// What was removed of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// The form of this text.
    pub form: String,
    /// The organization's id.
    pub organization_id: Uuid,
    /// The provider's id of it.
    pub clerk_org_id: String,
    /// Its last slug.
    pub slug: String,
    /// `starter` or `pro`.
    pub tier: String,
    /// Why it was removed.
    pub reason: String,
    /// When access to it ended.
    pub deleted_at: Timestamp,
    /// When the removal began.
    pub started_at: Timestamp,
    /// When nothing was left.
    pub finished_at: Timestamp,
    /// What was removed.
    pub removed: Removed,
    /// Where was looked for what might be left.
    pub scanned: Scanned,
    /// Where it is still named, and why.
    pub kept: Vec<Kept>,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// Rows, by table.
    pub rows: BTreeMap<String, i64>,
    /// A schema of its own, where it had one.
    pub schema: Option<String>,
    /// Objects.
    pub objects: i64,
    /// Their bytes.
    pub bytes: i64,
}

/// Where was looked, with nothing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scanned {
    /// Tables.
    pub tables: Vec<String>,
    /// The prefix in the object store.
    pub prefix: String,
}

/// Where it is still named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// Where.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// A certificate as it is kept in the object store: the text in one piece, since that is signed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    certificate: String,
    key_id: String,
    mac: String,
}

/// Looks whether anything is left, signs that nothing is, keeps it in both places, and ends. Each of
/// these can be repeated: what is signed once stays.
pub(super) async fn certify(app: &App, removal: &Removal) -> Result<Went> {
    let Some(signed) = &removal.certificate else {
        return sign(app, removal).await;
    };
    let stored = Stored {
        certificate: signed.text.clone(),
        key_id: signed.mac.key_id.clone(),
        mac: hex::encode(&signed.mac.bytes),
    };
    let body = serde_json::to_vec_pretty(&stored);
    let body = body.map_err(|error| Error::Inconsistent(error.to_string()))?;
    let key = key(removal)?;
    app.objects()
        .put(&key, CONTENT_TYPE, Bytes::from(body))
        .await?;
    finish(app, removal, signed).await
}

/// The last transaction: the removal is over, and a fact of the installation.
async fn finish(app: &App, removal: &Removal, signed: &Signed) -> Result<Went> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    if rows::lock_at(&mut tx, removal.org, Step::Certify)
        .await?
        .is_none()
    {
        return Ok(Went::On);
    }
    rows::step(&mut tx, removal.org, Step::Certify, Step::Done, now).await?;
    let object = removal.org.to_string();
    let rows = removal.counts.iter();
    let rows = rows.filter(|(name, _)| ![COUNT, BYTES].contains(&name.as_str()));
    let after = json!({
        "reason": removal.reason,
        "rows": rows.map(|(_, count)| count).sum::<i64>(),
        "objects": removal.counts.get(COUNT).copied().unwrap_or(0),
        "signature": hex::encode(&signed.mac.bytes),
    });
    let fact = Fact {
        after: Some(after),
        ..Fact::impersonal(
            app.env(),
            "system",
            "tenants.remove",
            ("organization", &object),
        )
    };
    app.store().record(&mut tx, &fact).await?;
    tx.commit().await?;
    tracing::info!(tenantId = %removal.org, "tenant removed");
    metrics::counter!("tenants_removed").increment(1);
    Ok(Went::Done)
}

/// The proof and the signature. What somebody else's message still has to say is waited for.
async fn sign(app: &App, removal: &Removal) -> Result<Went> {
    let prefix = prefix(&removal.clerk_org_id)?;
    if !first_page(app.objects().as_ref(), &prefix)
        .await?
        .is_empty()
    {
        return super::next(app, removal, Step::Certify, Step::Objects).await;
    }
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    if rows::lock_at(&mut tx, removal.org, Step::Certify)
        .await?
        .is_none()
    {
        return Ok(Went::On);
    }
    let scan = scan::scan(&mut tx, removal).await?;
    if !scan.remains.is_empty() {
        let found: Vec<String> = scan
            .remains
            .iter()
            .map(|(table, count)| format!("{count} in {table}"))
            .collect();
        tracing::warn!(tenantId = %removal.org, found = found.join(", "), "rows of a removed tenant are left");
        rows::step(&mut tx, removal.org, Step::Certify, Step::Control, now).await?;
        tx.commit().await?;
        return Ok(Went::Waits(now + LOOK_AGAIN));
    }
    let text = render(removal, scan.tables, &prefix, now)?;
    let keys = keys(app.store())?;
    let mac = certificate::sign(keys, &text);
    rows::certify(&mut tx, removal.org, &Signed { text, mac }, now).await?;
    tx.commit().await?;
    Ok(Went::On)
}

fn render(
    removal: &Removal,
    tables: Vec<String>,
    prefix: &ObjectKey,
    finished_at: Timestamp,
) -> Result<String> {
    let mut rows = removal.counts.clone();
    let (objects, bytes) = (rows.remove(COUNT), rows.remove(BYTES));
    rows.retain(|_, count| *count > 0);
    let kept = KEPT.map(|(table, reason)| Kept {
        place: format!("control.{table}"),
        reason: reason.to_owned(),
    });
    let outside = [
        (
            "the object store, audit-heads",
            "the last link of the chain of facts, without facts",
        ),
        ("the object store, removal-certificates", "this certificate"),
    ];
    let outside = outside.map(|(place, reason)| Kept {
        place: place.to_owned(),
        reason: reason.to_owned(),
    });
    let schema = removal.schema.as_ref().map(ToString::to_string);
    let certificate = Certificate {
        form: FORM.to_owned(),
        organization_id: removal.org.uuid(),
        clerk_org_id: removal.clerk_org_id.clone(),
        slug: removal.slug.clone(),
        tier: removal.tier.clone(),
        reason: removal.reason.clone(),
        deleted_at: removal.deleted_at,
        started_at: removal.started_at,
        finished_at,
        removed: Removed {
            rows,
            schema: schema.filter(|name| name != bailiwick_store::migrations::SHARED),
            objects: objects.unwrap_or(0),
            bytes: bytes.unwrap_or(0),
        },
        scanned: Scanned {
            tables,
            prefix: format!("{prefix}/"),
        },
        kept: kept.into_iter().chain(outside).collect(),
    };
    serde_json::to_string_pretty(&certificate).map_err(|e| Error::Inconsistent(e.to_string()))
}

fn keys(store: &Store) -> Result<&Keys> {
    let missing = || Error::Inconsistent("AUDIT_KEYS is not set: nothing can be signed".into());
    store.keys().ok_or_else(missing)
}

fn key(removal: &Removal) -> Result<ObjectKey> {
    let key = ObjectKey::from_segments([PREFIX, &removal.org.to_string()]);
    key.map_err(|error| Error::Inconsistent(error.to_string()))
}

/// A certificate that was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The text that was signed.
    pub text: String,
    /// Whether a key of ours signed exactly this.
    pub is_genuine: bool,
    /// Whether the object store has the same; unknown where it was not asked.
    pub is_outside: Option<bool>,
}

/// The certificate of a removal, verified; none where it is not over.
///
/// # Errors
/// The object store's; there are no keys.
pub async fn read(
    store: &Store,
    objects: Option<&dyn ObjectStore>,
    removal: &Removal,
) -> Result<Option<Read>> {
    let Some(signed) = &removal.certificate else {
        return Ok(None);
    };
    let is_genuine = certificate::is_genuine(keys(store)?, &signed.text, &signed.mac);
    let is_outside = match objects {
        Some(objects) => {
            let body = objects.get(&key(removal)?, BYTES_MAX).await?;
            let stored = body.and_then(|body| serde_json::from_slice::<Stored>(&body).ok());
            Some(stored.is_some_and(|stored| is_same(&stored, signed)))
        }
        None => None,
    };
    Ok(Some(Read {
        text: signed.text.clone(),
        is_genuine,
        is_outside,
    }))
}

fn is_same(stored: &Stored, signed: &Signed) -> bool {
    let Ok(bytes) = hex::decode(&stored.mac) else {
        return false;
    };
    let mac = Mac {
        key_id: stored.key_id.clone(),
        bytes,
    };
    stored.certificate == signed.text && mac == signed.mac
}
