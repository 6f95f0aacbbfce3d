//! Organizations: made, changed, deleted.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::{Map, Value};

use super::{billing, images, memberships, names, people, roles, users};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::store::organizations::Organization;
use crate::store::{self, Page};
use crate::{ids, model, webhooks};

/// How often a suggested slug is varied before that is given up.
const SLUG_TRIES: u32 = 5;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// For people; not empty.
    pub name: String,
    /// Where none is given, the name suggests one.
    pub slug: Option<String>,
    /// Becomes its first admin, where one is given.
    pub created_by: Option<String>,
    /// Where none is given, the instance's setting.
    pub max_allowed_memberships: Option<i64>,
    /// When it came to be elsewhere; now where nothing is said.
    pub created_at: Option<jiff::Timestamp>,
    /// Key of its role set; none for the initial one.
    pub role_set: Option<String>,
    /// Readable by members.
    pub public_metadata: Value,
    /// For servers alone.
    pub private_metadata: Value,
}

impl NewOrganization {
    /// A name and nothing else.
    #[must_use]
    pub fn named(name: String) -> Self {
        Self {
            name,
            slug: None,
            created_by: None,
            max_allowed_memberships: None,
            created_at: None,
            role_set: None,
            public_metadata: Value::Object(Map::new()),
            private_metadata: Value::Object(Map::new()),
        }
    }
}

/// The organization, as the Backend API and webhooks show it.
#[must_use]
pub fn resource(idp: &Idp, organization: &Organization) -> Value {
    model::organization::organization(idp.config(), organization)
}

/// Makes an organization, and its creator the first admin; says both. A slug that is taken, a
/// creator who is unknown or may not create are refused.
pub async fn create(idp: &Idp, tx: &mut Tx, new: NewOrganization) -> Result<Organization> {
    let settings = &idp.settings().organizations;
    if !settings.enabled {
        let code = "organization_not_enabled_in_instance";
        let text = "Organizations are not enabled for this instance.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, code, text).into());
    }
    if let Some(user_id) = &new.created_by {
        let person = people::get_locked(tx, user_id).await?;
        let user = &person.user;
        let limit = user
            .create_organizations_limit
            .or(settings.max_created_by_user);
        let made = store::users::count_created_organizations(tx, user_id).await?;
        if !user.create_organization_enabled
            || !settings.users_can_create
            || limit.is_some_and(|limit| limit > 0 && made >= limit)
        {
            let code = "organization_create_not_allowed";
            let text = "You are not allowed to create more organizations.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, code, text).into());
        }
    }
    let now = store::now(idp.env());
    let slug = match new.slug {
        Some(slug) => slug,
        None => free_slug(idp, tx, &new.name).await?,
    };
    let organization = Organization {
        id: ids::new(idp.env(), ids::Kind::Organization),
        name: new.name,
        slug,
        created_by: new.created_by.clone(),
        max_allowed_memberships: new
            .max_allowed_memberships
            .unwrap_or(settings.max_allowed_memberships),
        admin_delete_enabled: settings.admin_delete_enabled,
        public_metadata: new.public_metadata,
        private_metadata: new.private_metadata,
        role_set: new.role_set,
        role_set_key: String::new(),
        image_id: None,
        members_count: 0,
        pending_invitations_count: 0,
        created_at: new.created_at.unwrap_or(now),
        updated_at: now,
    };
    store::organizations::insert(tx, &organization)
        .await
        .map_err(taken)?;
    let organization = get(tx, &organization.id).await?;
    emit(idp, tx, "organization.created", &organization).await?;
    if let Some(user_id) = &new.created_by {
        let role = roles::creator(idp, tx, &organization).await?;
        memberships::add(idp, tx, &organization.id, user_id, &role).await?;
    }
    if idp.settings().billing.organizations {
        let owner = billing::Owner::Organization(organization.id.clone());
        billing::account::open(idp, tx, &owner).await?;
    }
    get(tx, &organization.id).await
}

/// A slug that the name suggests and nobody has. Two requests may find the same one; the unique
/// index refuses the later.
async fn free_slug(idp: &Idp, tx: &mut Tx, name: &str) -> Result<String> {
    let suggested = names::suggest_slug(name);
    let mut slug = suggested.clone();
    for _ in 0..SLUG_TRIES {
        if store::organizations::find_by_slug(tx, &slug)
            .await?
            .is_none()
        {
            break;
        }
        slug = format!("{suggested}-{}", hex::encode(idp.env().bytes::<4>()));
    }
    Ok(slug)
}

/// The organization; 404 where there is none.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Organization> {
    Ok(store::organizations::find(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("Organization"))?)
}

/// The organization, locked until the transaction's end; 404 where there is none.
pub async fn get_locked(tx: &mut Tx, id: &str) -> Result<Organization> {
    Ok(store::organizations::find_locked(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("Organization"))?)
}

/// Saves a locked organization that was changed, and says so.
pub async fn update(idp: &Idp, tx: &mut Tx, organization: &mut Organization) -> Result<()> {
    let now = store::now(idp.env());
    store::organizations::save(tx, organization, now)
        .await
        .map_err(taken)?;
    emit(idp, tx, "organization.updated", organization).await
}

/// Gives a locked organization another logo, or takes it away, and says so. What it had is gone.
pub async fn set_logo(
    idp: &Idp,
    tx: &mut Tx,
    organization: &mut Organization,
    file: Option<Vec<u8>>,
) -> Result<()> {
    let before = organization.image_id.take();
    if let Some(bytes) = file {
        organization.image_id = Some(images::store(idp, tx, bytes).await?);
    }
    update(idp, tx, organization).await?;
    if let Some(id) = before {
        store::images::delete(tx, &id).await?;
    }
    Ok(())
}

/// Gives a locked organization another role set. 404 for an unknown one, 422 for one that lacks a
/// role which members or invited have.
pub async fn choose_role_set(
    tx: &mut Tx,
    organization: &mut Organization,
    key: &str,
) -> Result<()> {
    let set = store::role_sets::find(tx, key).await?;
    let set = set.ok_or_else(|| Refusal::not_found("Role set").param("role_set_key"))?;
    let held = store::role_sets::held_in(tx, &organization.id).await?;
    if let Some(role) = held.iter().find(|role| !set.roles.contains(role)) {
        let text = format!("{role} is held by members and is not in the role set.");
        return Err(Refusal::format("role_set_key", &text).into());
    }
    organization.role_set_key.clone_from(&set.key);
    organization.role_set = Some(set.key);
    Ok(())
}

/// Deletes an organization with its memberships, and says so; 404 where there is none.
pub async fn delete(idp: &Idp, tx: &mut Tx, id: &str) -> Result<Value> {
    let organization = get_locked(tx, id).await?;
    loop {
        let page = Page {
            limit: Page::MAX,
            offset: 0,
        };
        let (rows, _) = store::memberships::list_by_organization(tx, id, &[], "", page).await?;
        if rows.is_empty() {
            break;
        }
        let user_ids: Vec<String> = rows.iter().map(|row| row.user_id.clone()).collect();
        let people = people::load(tx, &user_ids).await?;
        for membership in &rows {
            let person = people
                .get(&membership.user_id)
                .ok_or_else(|| Error::Internal("a membership without its user".to_owned()))?;
            memberships::remove_row(idp, tx, membership, person).await?;
        }
    }
    store::organizations::delete(tx, id).await?;
    let event = model::organization::deleted(id, &organization.slug);
    webhooks::emit(tx, idp.env(), "organization.deleted", &event).await?;
    Ok(event)
}

async fn emit(idp: &Idp, tx: &mut Tx, event: &str, organization: &Organization) -> Result<()> {
    webhooks::emit(tx, idp.env(), event, &resource(idp, organization)).await?;
    Ok(())
}

fn taken(error: Error) -> Error {
    match &error {
        Error::Database(database) if database.constraint() == Some("organizations_slug_key") => {
            users::identifier_exists("slug").into()
        }
        Error::Database(database)
            if database.constraint() == Some("organizations_role_set_fkey") =>
        {
            Refusal::not_found("Role set").param("role_set_key").into()
        }
        _ => error,
    }
}
