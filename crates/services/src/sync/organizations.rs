//! Organizations.

use bailiwick_clerk::resources::Organization;
use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::slug::Slug;
use bailiwick_pg::Tx;
use bailiwick_store::organizations::{self, Details, Profile};
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{memberships, placements};
use serde_json::{Value, json};

use super::{Outcome, Word, Work, key_hash};
use crate::{App, Result, plans, provisioning};

/// A value of metadata that is longer is not taken over.
const METADATA_BYTES_MAX: usize = 1000;

/// An organization was created or changed. A new one gets a tenant.
///
/// # Errors
/// The database's.
pub async fn apply(app: &App, mut tx: Tx, org: &Organization, word: Word) -> Result<Outcome> {
    let now = app.env().now();
    tombstones::lock(&mut tx, Kind::Organization, &org.id).await?;
    if tombstones::find(&mut tx, Kind::Organization, &key_hash(&org.id))
        .await?
        .is_some()
    {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let slug = slug_of(org);
    let profile = Profile {
        clerk_org_id: &org.id,
        name: &org.name,
        slug: &slug,
        image_url: org.image_url.as_deref(),
        created_by: org.created_by.as_deref().filter(|id| !id.is_empty()),
        updated_at: word.at,
    };
    let (id, action) = match organizations::lock(&mut tx, &org.id).await? {
        Some(row) if row.is_deleted || !word.counts_over(row.clerk_updated_at) => {
            tx.commit().await?;
            return Ok(Outcome::Stale);
        }
        Some(row) => {
            organizations::update(&mut tx, row.id, &profile, now).await?;
            (row.id, "organizations.update")
        }
        None => {
            let id = OrgId::from(app.env().uuid());
            organizations::insert(&mut tx, id, &profile, false, now).await?;
            provisioning::enqueue(app, &mut tx, id).await?;
            (id, "organizations.create")
        }
    };
    // What it pays for may have been told before it.
    let changed = match action {
        "organizations.create" => plans::follow(app, &mut tx, &org.id).await?,
        _ => None,
    };
    let known = metadata(app, org);
    if !known.settings.is_empty() {
        organizations::describe(&mut tx, id, &known, now).await?;
    }
    let mut work = step_in(app, tx, id).await?;
    let after = json!({"clerkOrgId": org.id, "name": org.name, "slug": slug});
    let object = id.to_string();
    work.audit(app, word, action, ("organization", &object), Some(after))
        .await?;
    if let Some(changed) = &changed {
        plans::record(app, &mut work, word.origin(), changed).await?;
    }
    work.commit().await?;
    app.wake_worker();
    Ok(Outcome::Done)
}

/// What of the organization's metadata at the provider is taken over: keys that the installation
/// names, and plain values of a bounded size. Nothing else of it decides anything.
fn metadata(app: &App, org: &Organization) -> Details {
    let is_plain = |value: &Value| match value {
        Value::String(text) => text.len() <= METADATA_BYTES_MAX,
        Value::Number(_) | Value::Bool(_) | Value::Null => true,
        Value::Array(_) | Value::Object(_) => false,
    };
    let keys = &app.settings().metadata_keys;
    let taken = org
        .public_metadata
        .iter()
        .filter(|(key, value)| keys.contains(key) && is_plain(value));
    Details {
        settings: taken
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        ..Details::default()
    }
}

/// The provider's slug; instances without slugs get one of the name and the id.
pub(super) fn slug_of(org: &Organization) -> String {
    if let Some(slug) = org.slug.as_deref().filter(|slug| !slug.is_empty()) {
        return slug.to_owned();
    }
    let tail: String = org
        .id
        .chars()
        .rev()
        .take(8)
        .collect::<String>()
        .to_lowercase();
    let base = Slug::from_name(&org.name);
    base.and_then(|slug| slug.with_suffix(&tail).ok())
        .map_or_else(|| format!("org-{tail}"), |slug| slug.as_str().to_owned())
}

/// An organization was deleted: access ends now; its data is kept.
///
/// # Errors
/// The database's.
pub async fn delete(app: &App, mut tx: Tx, clerk_org_id: &str, word: Word) -> Result<Outcome> {
    let (at, now) = (word.at, app.env().now());
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    tombstones::bury(&mut tx, Kind::Organization, &key_hash(clerk_org_id), at).await?;
    let row = organizations::lock(&mut tx, clerk_org_id).await?;
    let Some(row) = row.filter(|row| !row.is_deleted) else {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    };
    organizations::delete(&mut tx, row.id, at, now).await?;
    memberships::remove_of_org(&mut tx, row.id, at, now).await?;
    let mut work = step_in(app, tx, row.id).await?;
    work.audit(
        app,
        word,
        "organizations.delete",
        ("organization", &row.id.to_string()),
        None,
    )
    .await?;
    work.commit().await?;
    Ok(Outcome::Done)
}

/// Into the tenant where there is one, for facts and projections that belong there.
pub(super) async fn step_in(app: &App, tx: Tx, org: OrgId) -> Result<Work> {
    step_in_as(app, tx, org, "webhook").await
}

/// The same for another reason than a webhook.
pub(crate) async fn step_in_as(
    app: &App,
    mut tx: Tx,
    org: OrgId,
    reason: &'static str,
) -> Result<Work> {
    Ok(match placements::find(&mut tx, org).await? {
        Some(placement) => Work::Tenant(app.store().step_into(tx, &placement, reason).await?),
        None => Work::Control(tx),
    })
}
