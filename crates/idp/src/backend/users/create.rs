//! `POST /v1/users`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;

use super::fields;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::state::Backend;
use crate::domain::{names, users, verifications};
use crate::error::Refusal;
use crate::ids::{self, Kind};
use crate::model::user::Person;
use crate::store;
use crate::store::emails::EmailAddress;
use crate::store::users::User;

/// The most addresses that a user is created with.
const EMAILS_MAX: usize = 20;

/// Creates a user. Addresses count as verified, since a server vouches for them; the first one
/// becomes the primary one. Emits `user.created`. 422 where an address or a name is taken.
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
    let addresses = addresses(&mut form);
    form.ignore(&fields::IGNORED);
    form.unsupported(&fields::UNSUPPORTED);
    form.finish()?;

    if let Some(password) = password {
        user.password_digest = Some(password.digest(idp).await?);
        user.password_updated_at = Some(now);
    }
    let mut tx = backend.begin().await?;
    let mut emails = Vec::with_capacity(addresses.len());
    for (address, place) in addresses.into_iter().zip(0..) {
        // Addresses are shown by age; a millisecond keeps the order of the request.
        let at = now
            .saturating_add(SignedDuration::from_millis(place))
            .unwrap_or(now);
        emails.push(EmailAddress {
            id: ids::new(idp.env(), Kind::Identification),
            user_id: user.id.clone(),
            address,
            verification: Some(verifications::record(idp, &mut tx, "admin").await?),
            verified_at: Some(now),
            created_at: at,
            updated_at: at,
        });
    }
    user.primary_email_address_id = emails.first().map(|email| email.id.clone());
    let person = Person {
        emails,
        ..Person::new(user)
    };
    users::create(idp, &mut tx, &person).await?;
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}

/// Takes the addresses out of the form, each once.
fn addresses(form: &mut Form) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for address in form.texts("email_address") {
        match names::email(&address, "email_address") {
            Err(refusal) => form.refuse(refusal),
            Ok(address) => {
                let folded = address.to_lowercase();
                if addresses.iter().all(|known| known.to_lowercase() != folded) {
                    addresses.push(address);
                }
            }
        }
    }
    if addresses.len() > EMAILS_MAX {
        let text = format!("A user is created with {EMAILS_MAX} addresses at most.");
        form.refuse(Refusal::format("email_address", &text));
    }
    addresses
}
