//! Users: made, changed, deleted.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::{Value, json};

use super::{billing, factors, memberships, people, waitlist};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;
use crate::store::{self, users};
use crate::webhooks;

/// The user, as the Backend API and webhooks show it.
#[must_use]
pub fn resource(idp: &Idp, person: &Person) -> Value {
    model::user::user(idp.config(), person, idp.env().now())
}

/// Stores a new user with addresses (whose verifications exist) and says so. A verified address
/// that belongs to somebody else is refused.
pub async fn create(idp: &Idp, tx: &mut Tx, person: &Person) -> Result<()> {
    insert(tx, person).await?;
    announce(idp, tx, person).await
}

/// The same with second factors that the user brings along.
pub async fn create_with(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    factors: &factors::Given,
) -> Result<()> {
    insert(tx, person).await?;
    factors.keep(idp, tx, person).await?;
    announce(idp, tx, person).await
}

async fn insert(tx: &mut Tx, person: &Person) -> Result<()> {
    users::insert(tx, &person.user).await.map_err(taken)?;
    for email in &person.emails {
        store::emails::insert(tx, email).await.map_err(taken)?;
    }
    for phone in &person.phones {
        store::phones::insert(tx, phone).await.map_err(taken)?;
    }
    for account in &person.external_accounts {
        let inserted = store::external_accounts::insert(tx, account).await;
        inserted.map_err(taken)?;
    }
    Ok(())
}

async fn announce(idp: &Idp, tx: &mut Tx, person: &Person) -> Result<()> {
    emit(idp, tx, "user.created", person).await?;
    if idp.settings().billing.users {
        let owner = billing::Owner::User(person.user.id.clone());
        billing::account::open(idp, tx, &owner).await?;
    }
    waitlist::complete(idp, tx, person).await
}

/// Saves a locked user whose row was changed, and says so.
pub async fn update(idp: &Idp, tx: &mut Tx, person: &mut Person) -> Result<()> {
    let now = store::now(idp.env());
    users::save(tx, &mut person.user, now)
        .await
        .map_err(taken)?;
    emit(idp, tx, "user.updated", person).await
}

/// Deletes a user with memberships and sessions, and says so; 404 where there is none.
pub async fn delete(idp: &Idp, tx: &mut Tx, id: &str) -> Result<Value> {
    let person = people::get_locked(tx, id).await?;
    for membership in store::memberships::list_all_by_user(tx, id).await? {
        memberships::remove_row(idp, tx, &membership, &person).await?;
    }
    users::delete(tx, id).await?;
    if let Some(image_id) = &person.user.image_id {
        store::images::delete(tx, image_id).await?;
    }
    let mut event = json!({ "object": "user", "id": id, "deleted": true });
    if let Some(external_id) = &person.user.external_id {
        event["external_id"] = external_id.as_str().into();
    }
    webhooks::emit(tx, idp.env(), "user.deleted", &event).await?;
    Ok(model::deleted("user", id))
}

async fn emit(idp: &Idp, tx: &mut Tx, event: &str, person: &Person) -> Result<()> {
    webhooks::emit(tx, idp.env(), event, &resource(idp, person)).await?;
    Ok(())
}

/// The refusal of a value that belongs to another user.
#[must_use]
pub fn identifier_exists(param: &str) -> Refusal {
    let text = match param {
        "email_address" => "That email address is taken. Please try another.",
        "phone_number" => "That phone number is taken. Please try another.",
        "username" => "That username is taken. Please try another.",
        _ => "That value is taken. Please try another.",
    };
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "form_identifier_exists",
        text,
    )
    .param(param)
}

/// Says whose value it was that a constraint refused.
pub(super) fn taken(error: Error) -> Error {
    let Error::Database(database) = &error else {
        return error;
    };
    match database.constraint() {
        Some("email_addresses_verified" | "email_addresses_own") => {
            identifier_exists("email_address").into()
        }
        Some("phone_numbers_verified" | "phone_numbers_own") => {
            identifier_exists("phone_number").into()
        }
        Some("external_accounts_person") => identifier_exists("external_account").into(),
        Some("users_username") => identifier_exists("username").into(),
        Some("users_external_id_key") => identifier_exists("external_id").into(),
        _ => error,
    }
}

/// Gives a locked user a new picture, or none, and says so. The old one is gone.
pub async fn set_image(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    image_id: Option<String>,
) -> Result<()> {
    let old = std::mem::replace(&mut person.user.image_id, image_id);
    update(idp, tx, person).await?;
    if let Some(old) = old {
        store::images::delete(tx, &old).await?;
    }
    Ok(())
}
