//! `PATCH /v1/users/{id}`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;

use super::fields;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::quota::Bound;
use crate::backend::sessions::revoke_all;
use crate::backend::state::Backend;
use crate::backend::version::Version;
use crate::domain::{people, phones, users};
use crate::error::Refusal;
use crate::model::user::Person;
use crate::store;

/// Changes what is given and leaves the rest; the time of creation stays whatever is given. Emits
/// `user.updated`. 404 where there is no such user, 422 where a name is taken.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    // Hashed before the transaction: no row stays locked meanwhile.
    let digest = match fields::password(&mut form, &idp.settings().identification.password) {
        Some(password) => Some(password.digest(idp).await?),
        None => None,
    };
    let sign_out = form.boolean("sign_out_of_other_sessions").unwrap_or(false);
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    backend.take(Bound::Changes(id.clone()))?;
    fields::apply(&mut form, &mut person.user);
    if version.has_metadata_in_updates() {
        let user = &mut person.user;
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
    }
    choose_primary(&mut form, &mut person);
    form.ignore(&fields::IGNORED);
    form.ignore(&["created_at"]);
    form.unsupported(&fields::UNSUPPORTED);
    form.unsupported(&["totp_secret", "backup_codes"]);
    form.finish()?;

    let changes_password = digest.is_some();
    if changes_password {
        person.user.password_digest = digest;
        person.user.password_updated_at = Some(store::now(idp.env()));
    }
    users::update(idp, &mut tx, &mut person).await?;
    if changes_password && sign_out {
        revoke_all(idp, &mut tx, &id).await?;
    }
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}

/// Makes one of the user's verified addresses, and one of the numbers, the primary one.
fn choose_primary(form: &mut Form, person: &mut Person) {
    if let Some(Some(id)) = form.text("primary_email_address_id") {
        let own = person.emails.iter().find(|email| email.id == id);
        if own.is_some_and(|email| email.verified_at.is_some()) {
            person.user.primary_email_address_id = Some(id);
        } else {
            form.refuse(wrong_primary("primary_email_address_id"));
        }
    }
    if let Some(Some(id)) = form.text("primary_phone_number_id")
        && phones::make_primary(person, &id).is_err()
    {
        form.refuse(wrong_primary("primary_phone_number_id"));
    }
}

fn wrong_primary(param: &str) -> Refusal {
    let text = format!("{param} must be that of a verified one of this user.");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_param_value_invalid", text).param(param)
}
