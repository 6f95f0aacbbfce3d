//! `POST /v1/users`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::fields;
use super::identifiers::Identifiers;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::state::Backend;
use crate::domain::factors::Given;
use crate::domain::users;
use crate::ids::{self, Kind};
use crate::model::user::Person;
use crate::store;
use crate::store::users::User;

/// Creates a user. Addresses and numbers count as verified, since a server vouches for them; the
/// first ones become the primary ones. Emits `user.created`. 422 where one of them, or a name, is
/// taken.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let idp = &backend.idp;
    let now = store::now(idp.env());
    let mut user = User::new(ids::new(idp.env(), Kind::User), now);
    fields::apply(&mut form, &mut user);
    if let Some(created_at) = form.time("created_at").flatten() {
        user.created_at = created_at;
    }
    apply(
        &mut form,
        "public_metadata",
        Change::Replace,
        &mut user.public_metadata,
    );
    apply(
        &mut form,
        "private_metadata",
        Change::Replace,
        &mut user.private_metadata,
    );
    apply(
        &mut form,
        "unsafe_metadata",
        Change::Replace,
        &mut user.unsafe_metadata,
    );
    user.banned = form.boolean("banned").unwrap_or(false);
    if form.boolean("locked").unwrap_or(false) {
        user.locked_until = now.checked_add(idp.config().lockout.duration).ok();
    }
    let password = fields::password(&mut form, &idp.settings().identification.password);
    let identifiers = Identifiers::read(&mut form);
    let secret = form.text("totp_secret").flatten();
    let codes = form.texts("backup_codes");
    let factors = match Given::read(idp, secret.as_deref(), &codes) {
        Ok(given) => given,
        Err(refusal) => {
            form.refuse(refusal);
            Given::default()
        }
    };
    form.ignore(&fields::IGNORED);
    form.unsupported(&fields::UNSUPPORTED);
    form.finish()?;

    if let Some(password) = password {
        user.password_digest = Some(password.digest(idp).await?);
        user.password_updated_at = Some(now);
    }
    let mut tx = backend.begin().await?;
    let (emails, phones) = identifiers.rows(idp, &mut tx, &user.id, now).await?;
    user.primary_email_address_id = emails.first().map(|email| email.id.clone());
    user.primary_phone_number_id = phones.first().map(|phone| phone.id.clone());
    let mut person = Person {
        emails,
        phones,
        ..Person::new(user)
    };
    users::create_with(idp, &mut tx, &mut person, &factors).await?;
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}
