//! What an archive says of itself.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use bailiwick_store::archive::{Described, Known};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::refused;
use crate::Result;

/// The form that is written and read.
pub(super) const FORM: &str = "bailiwick.tenant.1";
/// The first entry.
pub(super) const TENANT: &str = "tenant.json";
/// The last but one.
pub(super) const MANIFEST: &str = "manifest.json";
/// The last.
pub(super) const SIGNATURE: &str = "signature.json";
/// The largest entry that is no object: a thousand rows of the largest kind.
pub(super) const TEXT_MAX: u64 = 256 * 1024 * 1024;

/// What is archived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The form of the archive.
    pub form: String,
    /// The moment that its rows are of.
    pub exported_at: Timestamp,
    /// The organization.
    pub organization: Organization,
    /// The migrations that its tables had: version by tree.
    pub schema_versions: BTreeMap<String, i32>,
    /// Whom its rows may name.
    pub people: Vec<Person>,
    /// Its tables, those that others point to first.
    pub tables: Vec<TableShape>,
}

/// The organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Our id.
    pub id: Uuid,
    /// The provider's id.
    pub clerk_org_id: String,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// `starter` or `pro`.
    pub tier: String,
    /// What it is.
    pub description: Option<String>,
    /// What kind of company.
    pub org_type: Option<String>,
    /// Its number at the tax office.
    pub tax_id: Option<String>,
    /// Whatever the product keeps for it.
    pub settings: Value,
    /// Made for one person.
    pub is_personal: bool,
    /// When it was first seen.
    pub created_at: Timestamp,
}

impl Organization {
    pub(super) fn of(id: Uuid, d: Described) -> Self {
        Self {
            id,
            clerk_org_id: d.clerk_org_id,
            name: d.name,
            slug: d.slug,
            tier: d.tier,
            description: d.description,
            org_type: d.org_type,
            tax_id: d.tax_id,
            settings: d.settings,
            is_personal: d.is_personal,
            created_at: d.created_at,
        }
    }
}

/// Somebody whom rows may name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Our id there.
    pub id: Uuid,
    /// The provider's id: who they are elsewhere too.
    pub clerk_user_id: Option<String>,
    /// The e-mail.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The role in the organization.
    pub role: Option<String>,
    /// The status there.
    pub status: Option<String>,
    /// What they were granted beside the role.
    pub grants: Option<Value>,
}

impl From<Known> for Person {
    fn from(known: Known) -> Self {
        Self {
            id: known.id.uuid(),
            clerk_user_id: known.clerk_user_id,
            email: known.email,
            name: known.name,
            role: known.role,
            status: known.status,
            grants: known.grants,
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableShape {
    /// Its name, quoted where it must be.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// An object, described before its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectShape {
    /// The key below the organization's prefix.
    pub key: String,
    pub content_type: String,
    pub size: u64,
    pub sha256: String,
}

/// Every entry before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The form of the archive.
    pub form: String,
    /// Entries that are no objects, in their order.
    pub entries: Vec<Listed>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Objects.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 over the descriptions of the objects, each of which has that of its bytes.
    pub objects_sha256: String,
}

/// An entry with what it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// The signature of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Signature {
    /// SHA-256 of the manifest.
    pub fingerprint: String,
    pub key_id: String,
    pub mac: String,
}

/// Rows of the table at `place`, from 1, the `part`th.
pub(super) fn rows_name(place: usize, part: u64) -> String {
    format!("tables/{place:03}/{part:06}.ndjson")
}

/// The description and the bytes of the `number`th object.
pub(super) fn object_names(number: u64) -> (String, String) {
    let stem = format!("objects/{number:07}");
    (format!("{stem}.json"), format!("{stem}.bin"))
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(refused)
}

pub(super) fn from_json<T: DeserializeOwned>(name: &str, body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| refused(format!("{name}: {error}")))
}
