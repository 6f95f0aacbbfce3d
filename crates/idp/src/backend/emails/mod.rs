//! `/v1/email_addresses`: email addresses of any user, for servers.

mod verify;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bailiwick_pg::Tx;

use super::answer::Answer;
use super::form::Form;
use super::state::Backend;
use crate::domain::{emails as acts, names, people, users, verifications};
use crate::error::{Refusal, Result};
use crate::model;
use crate::model::user::Person;
use crate::store::{self, emails as rows};

/// The routes of email addresses.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/email_addresses", post(create))
        .route(
            "/email_addresses/{id}",
            get(find).patch(update).delete(remove),
        )
        .route(
            "/email_addresses/{id}/prepare_verification",
            post(verify::prepare),
        )
        .route(
            "/email_addresses/{id}/attempt_verification",
            post(verify::attempt),
        )
        .route("/users/{id}/email_address", axum::routing::put(replace))
}

/// Adds one to a user, proven by the server's word unless that is left open. Emits
/// `user.updated`. 404 where there is no such user, 422 where it is taken.
async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let user_id = form.required("user_id");
    let address = address(&mut form);
    let is_verified = form.boolean("verified").unwrap_or(false);
    let is_primary = form.boolean("primary").unwrap_or(false);
    form.ignore(&["notify_primary_email_address_changed"]);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &user_id).await?;
    let proof = match is_verified || is_primary {
        true => Some(verifications::record(idp, &mut tx, "admin").await?),
        false => None,
    };
    let id = acts::add(idp, &mut tx, &mut person, address, proof).await?;
    if is_primary {
        acts::make_primary(&mut person, &id)?;
        users::update(idp, &mut tx, &mut person).await?;
    }
    answer(&backend, tx, &person, &id).await
}

/// One of any user. 404 where there is none.
async fn find(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let person = owner(&mut tx, &id).await?;
    answer(&backend, tx, &person, &id).await
}

/// Says that one is proven, or is not, and makes it the primary one. Emits `user.updated`. 404
/// where there is none.
async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let is_verified = form.boolean("verified");
    let is_primary = form.boolean("primary").unwrap_or(false);
    form.ignore(&["notify_primary_email_address_changed"]);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = owner(&mut tx, &id).await?;
    let was_verified = acts::own(&person, &id)?.verified_at.is_some();
    match is_verified {
        Some(true) if !was_verified => {
            let proof = verifications::record(idp, &mut tx, "admin").await?;
            acts::save(idp, &mut tx, &mut person, &id, proof).await?;
        }
        Some(false) if was_verified => {
            acts::unverify(idp, &mut tx, &mut person, &id).await?;
        }
        _ => {}
    }
    if is_primary {
        acts::make_primary(&mut person, &id)?;
        users::update(idp, &mut tx, &mut person).await?;
    }
    answer(&backend, tx, &person, &id).await
}

/// Removes one. Emits `user.updated`. 404 where there is none, 400 for the last by which the user
/// can be told apart.
async fn remove(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let mut person = owner(&mut tx, &id).await?;
    acts::remove(&backend.idp, &mut tx, &mut person, &id).await?;
    tx.commit().await?;
    Ok(Json(model::deleted("email_address", &id)))
}

/// `PUT /v1/users/{id}/email_address`: this one in the place of all others. Emits `user.updated`. 404
/// where there is no such user, 422 where it is somebody else's.
async fn replace(
    State(backend): State<Arc<Backend>>,
    Path(user_id): Path<String>,
    mut form: Form,
) -> Answer {
    let address = address(&mut form);
    let status = form.text("identification_status").flatten();
    let is_verified = match status.as_deref() {
        None | Some("verified") => true,
        Some("unverified") => false,
        Some(_) => {
            let text = "identification_status must be verified or unverified.";
            form.refuse(Refusal::format("identification_status", text));
            false
        }
    };
    form.ignore(&["notify_primary_email_address_changed"]);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &user_id).await?;
    let old = std::mem::take(&mut person.emails);
    for row in &old {
        rows::delete(&mut tx, &user_id, &row.id).await?;
    }
    person.user.primary_email_address_id = None;
    let proof = match is_verified {
        true => Some(verifications::record(idp, &mut tx, "admin").await?),
        false => None,
    };
    let id = acts::add(idp, &mut tx, &mut person, address, proof).await?;
    answer(&backend, tx, &person, &id).await
}

fn address(form: &mut Form) -> String {
    let text = form.required("email_address");
    if text.is_empty() {
        return text;
    }
    names::email(&text, "email_address").unwrap_or_else(|refusal| {
        form.refuse(refusal);
        String::new()
    })
}

/// The user whose it is, locked; 404 where it is nobody's.
async fn owner(tx: &mut Tx, id: &str) -> Result<Person> {
    let user_id = rows::find_user(tx, id).await?;
    let user_id = user_id.ok_or_else(|| Refusal::not_found("Email address"))?;
    people::get_locked(tx, &user_id).await
}

async fn answer(backend: &Backend, tx: Tx, person: &Person, id: &str) -> Answer {
    tx.commit().await?;
    let now = store::now(backend.idp.env());
    Ok(Json(model::user::email_address(
        acts::own(person, id)?,
        &person.external_accounts,
        now,
    )))
}
