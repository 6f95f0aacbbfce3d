//! Organizations at the provider: made, and renamed.

use bailiwick_clerk::api::{CreateOrganization, ListPage, UpdateOrganization};
use bailiwick_clerk::resources::Organization;
use bailiwick_kernel::id::{IntentId, OrgId};
use bailiwick_store::intents::{self, Claimed};
use bailiwick_store::organizations::{self as rows, Details};
use bailiwick_store::tombstones::{self, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Step, refusal};
use crate::sync::{self, Word, organizations};
use crate::{App, Error, Result};

/// The member of an organization's private metadata by which a repetition finds it.
const MARK: &str = "bailiwick";
/// How many pages of a user's memberships are looked through.
const PAGES_MAX: usize = 4;

/// An organization gets another name or slug.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rename {
    pub clerk_org_id: String,
    pub name: Option<String>,
    pub slug: Option<String>,
}

/// An organization is to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Create {
    pub clerk_user_id: String,
    pub name: String,
    pub slug: Option<String>,
    pub details: Details,
    /// Made by itself at the first visit.
    pub is_personal: bool,
    /// The request that asked for it, where it had a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
}

/// A request by its idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    pub key: String,
    /// SHA-256 of path and body, in hexadecimal.
    pub hash: String,
}

impl Step for Rename {
    const KIND: &'static str = "organization.rename";
}

impl Step for Create {
    const KIND: &'static str = "organization.create";
}

/// Sends a new name.
pub(super) async fn rename(app: &App, claimed: &Claimed) -> Result<()> {
    let rename = Rename::read(claimed)?;
    let change = UpdateOrganization {
        name: rename.name,
        slug: rename.slug,
    };
    let answer = app
        .clerk()
        .update_organization(&rename.clerk_org_id, &change)
        .await;
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    tombstones::lock(&mut tx, Kind::Organization, &rename.clerk_org_id).await?;
    if !intents::lock_claimed(&mut tx, claimed).await? {
        return Ok(());
    }
    match answer {
        Ok(said) => {
            intents::settle(&mut tx, claimed.id, "done", None, now).await?;
            let at = said.updated_at.unwrap_or(now);
            organizations::apply(app, tx, &said, Word::asked(at)).await?;
            Ok(())
        }
        Err(error) if error.is_refusal() => {
            let reason = refusal(&error);
            intents::settle(&mut tx, claimed.id, "failed", Some(&reason), now).await?;
            Ok(tx.commit().await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes an organization, once: before it is made again, the provider is asked whether it was.
pub(super) async fn create(app: &App, claimed: &Claimed) -> Result<()> {
    let create = Create::read(claimed)?;
    let found = if claimed.attempt > 1 {
        look(app, &create.clerk_user_id, claimed.id).await?
    } else {
        None
    };
    let made = match found {
        Some(made) => made,
        None => match app
            .clerk()
            .create_organization(&wanted(&create, claimed.id))
            .await
        {
            Ok(made) => made,
            Err(error) if error.is_refusal() => {
                return fail(app, claimed, &refusal(&error)).await;
            }
            Err(error) => return Err(error.into()),
        },
    };
    let now = app.env().now();
    let tx = app.store().control().await?;
    let word = Word::asked(made.updated_at.unwrap_or(now));
    organizations::apply(app, tx, &made, word).await?;
    let org = describe(app, &made.id, &create).await?;
    app.inner()
        .absent
        .invalidate(&(create.clerk_user_id.clone(), made.id.clone()));
    sync::fetch::membership(app, &create.clerk_user_id, &made.id).await?;
    let mut tx = app.store().control().await?;
    if intents::lock_claimed(&mut tx, claimed).await? {
        intents::settle_in(&mut tx, claimed.id, org, now).await?;
    }
    Ok(tx.commit().await?)
}

fn wanted(create: &Create, id: IntentId) -> CreateOrganization {
    CreateOrganization {
        name: create.name.clone(),
        created_by: Some(create.clerk_user_id.clone()),
        slug: create.slug.clone(),
        public_metadata: Map::new(),
        private_metadata: Map::from_iter([(MARK.to_owned(), json!({"intent": id}))]),
    }
}

async fn look(app: &App, clerk_user_id: &str, id: IntentId) -> Result<Option<Organization>> {
    let id = Value::from(id.to_string());
    let mut page = ListPage::FIRST;
    for _ in 0..PAGES_MAX {
        let list = app
            .clerk()
            .list_user_memberships(clerk_user_id, page)
            .await?;
        let is_last = list.data.len() < page.limit as usize;
        let mut theirs = list.data.into_iter().map(|m| m.organization);
        let is_ours = |org: &Organization| {
            org.private_metadata
                .get(MARK)
                .is_some_and(|mark| mark["intent"] == id)
        };
        if let Some(found) = theirs.find(is_ours) {
            return Ok(Some(found));
        }
        if is_last {
            break;
        }
        page = page.next();
    }
    Ok(None)
}

/// What the provider does not keep.
async fn describe(app: &App, clerk_org_id: &str, create: &Create) -> Result<OrgId> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let row = rows::lock(&mut tx, clerk_org_id).await?;
    let row = row.ok_or_else(|| {
        Error::Inconsistent("an organization was made and is not there".to_owned())
    })?;
    rows::describe(&mut tx, row.id, &create.details, now).await?;
    if create.is_personal {
        rows::set_personal(&mut tx, row.id, now).await?;
    }
    tx.commit().await?;
    Ok(row.id)
}

async fn fail(app: &App, claimed: &Claimed, reason: &str) -> Result<()> {
    let mut tx = app.store().control().await?;
    if intents::lock_claimed(&mut tx, claimed).await? {
        let now = app.env().now();
        intents::settle(&mut tx, claimed.id, "failed", Some(reason), now).await?;
    }
    Ok(tx.commit().await?)
}
