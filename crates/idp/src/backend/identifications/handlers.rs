//! Added, read, changed, removed, replaced.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use bailiwick_pg::Tx;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::identifications::{Kind, New};
use crate::domain::{people, phones, users, verifications};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;
use crate::store;
use crate::store::verifications::Verification;

/// What servers may ask for beside, and this provider has no use for.
const IGNORED: &[&str] = &["notify_primary_email_address_changed"];

/// Adds one to a user, proven by the server's word unless that is left open. Emits
/// `user.updated`. 404 where there is no such user, 422 where it is taken.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Extension(kind): Extension<Kind>,
    mut form: Form,
) -> Answer {
    let user_id = form.required("user_id");
    let text = text(kind, &mut form);
    let is_verified = form.boolean("verified").unwrap_or(false);
    let is_primary = form.boolean("primary").unwrap_or(false);
    let is_reserved = reserved(kind, &mut form);
    form.ignore(IGNORED);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &user_id).await?;
    let proof = proof(idp, &mut tx, is_verified || is_primary).await?;
    let new = New {
        text,
        is_reserved: is_reserved.unwrap_or(false),
        proof,
    };
    let id = kind.add(idp, &mut tx, &mut person, new).await?;
    if is_primary {
        kind.make_primary(&mut person, &id)?;
        users::update(idp, &mut tx, &mut person).await?;
    }
    answer(kind, &backend, tx, &person, &id).await
}

/// One of any user. 404 where there is none.
pub(super) async fn find(
    State(backend): State<Arc<Backend>>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let person = owner(kind, &mut tx, &id).await?;
    answer(kind, &backend, tx, &person, &id).await
}

/// Says that one is proven, or is not, what it is used for, and makes it the primary one. Emits
/// `user.updated`. 404 where there is none.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let is_verified = form.boolean("verified");
    let is_primary = form.boolean("primary").unwrap_or(false);
    let is_reserved = reserved(kind, &mut form);
    form.ignore(IGNORED);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = owner(kind, &mut tx, &id).await?;
    let was_verified = kind.own(&person, &id)?.is_verified;
    match is_verified {
        Some(true) if !was_verified => {
            let proof = verifications::record(idp, &mut tx, "admin").await?;
            kind.save(idp, &mut tx, &mut person, &id, proof).await?;
        }
        Some(false) if was_verified => {
            kind.unverify(idp, &mut tx, &mut person, &id).await?;
        }
        _ => {}
    }
    if is_reserved.is_some() {
        let wanted = phones::Use {
            reserved_for_second_factor: is_reserved,
            default_second_factor: None,
        };
        phones::set_use(idp, &mut tx, &mut person, &id, wanted).await?;
    }
    if is_primary {
        kind.make_primary(&mut person, &id)?;
        users::update(idp, &mut tx, &mut person).await?;
    }
    answer(kind, &backend, tx, &person, &id).await
}

/// Removes one. Emits `user.updated`. 404 where there is none, 400 for the last by which the user
/// can be told apart.
pub(super) async fn remove(
    State(backend): State<Arc<Backend>>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let mut person = owner(kind, &mut tx, &id).await?;
    kind.remove(&backend.idp, &mut tx, &mut person, &id).await?;
    tx.commit().await?;
    Ok(Json(model::deleted(kind.object(), &id)))
}

/// `PUT /v1/users/{id}/email_address` and `…/phone_number`: this one in the place of all others.
/// Emits `user.updated`. 404 where there is no such user, 422 where it is somebody else's.
pub(super) async fn replace(
    State(backend): State<Arc<Backend>>,
    Extension(kind): Extension<Kind>,
    Path(user_id): Path<String>,
    mut form: Form,
) -> Answer {
    let text = text(kind, &mut form);
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
    form.ignore(IGNORED);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &user_id).await?;
    kind.clear(&mut tx, &mut person).await?;
    let proof = proof(idp, &mut tx, is_verified).await?;
    let new = New {
        text,
        is_reserved: false,
        proof,
    };
    let id = kind.add(idp, &mut tx, &mut person, new).await?;
    answer(kind, &backend, tx, &person, &id).await
}

fn text(kind: Kind, form: &mut Form) -> String {
    let text = form.required(kind.object());
    if text.is_empty() {
        return text;
    }
    kind.read(&text).unwrap_or_else(|refusal| {
        form.refuse(refusal);
        String::new()
    })
}

/// Whether it is kept for second factors, as numbers may be.
fn reserved(kind: Kind, form: &mut Form) -> Option<bool> {
    match kind {
        Kind::Email => None,
        Kind::Phone => form.boolean("reserved_for_second_factor"),
    }
}

/// The server's word for it, where it gives that.
async fn proof(idp: &Idp, tx: &mut Tx, is_given: bool) -> Result<Option<Verification>> {
    Ok(match is_given {
        true => Some(verifications::record(idp, tx, "admin").await?),
        false => None,
    })
}

/// The user whose it is, locked; 404 where it is nobody's.
pub(super) async fn owner(kind: Kind, tx: &mut Tx, id: &str) -> Result<Person> {
    let user_id = kind.find_user(tx, id).await?;
    let user_id = user_id.ok_or_else(|| kind.not_found())?;
    people::get_locked(tx, &user_id).await
}

async fn answer(kind: Kind, backend: &Backend, tx: Tx, person: &Person, id: &str) -> Answer {
    tx.commit().await?;
    let now = store::now(backend.idp.env());
    Ok(Json(kind.resource(person, id, now)?))
}
