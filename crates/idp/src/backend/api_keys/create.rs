//! `POST /v1/api_keys`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::Value;

use super::fields;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::api_keys::{self, NewKey};
use crate::error::{Refusal, Result};
use crate::model::api_key::api_key;
use crate::store;

/// Makes a key of a user, an organization or a machine. 404 where there is no such subject, 409
/// where it has a key of that name.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    mut form: Form,
) -> Result<(StatusCode, Json<Value>)> {
    let idp = &backend.idp;
    let name = form.required("name").trim().to_owned();
    if !name.is_empty() && !(3..=255).contains(&name.chars().count()) {
        form.refuse(Refusal::format("name", "name has 3 to 255 characters."));
    }
    let kind = form.text("type").flatten();
    if kind.is_some_and(|kind| kind != "api_key") {
        form.refuse(Refusal::format("type", "type must be api_key."));
    }
    let subject = form.required("subject");
    fields::check_subject(&mut form, &subject);
    let new = NewKey {
        name,
        description: fields::description(&mut form).flatten(),
        subject,
        created_by: form.name("created_by").flatten(),
        claims: fields::claims(&mut form).flatten(),
        scopes: fields::scopes(&mut form).unwrap_or_default(),
        lifetime: fields::lifetime(&mut form).flatten(),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let (key, secret) = api_keys::create(idp, &mut tx, new).await?;
    tx.commit().await?;
    let shown = api_key(&key, Some(&secret), store::now(idp.env()));
    Ok((StatusCode::CREATED, Json(shown)))
}
