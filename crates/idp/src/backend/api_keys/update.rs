//! `PATCH /v1/api_keys/{id}`, `DELETE /v1/api_keys/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;

use super::fields;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::api_keys;
use crate::model;
use crate::model::api_key::api_key;
use crate::store;
use crate::store::api_keys as rows;

/// Changes what is given and leaves the rest. 404 where there is no such key or subject,
/// 400 where the subject has a key of that name.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let description = fields::description(&mut form);
    let claims = fields::claims(&mut form);
    let scopes = fields::scopes(&mut form);
    let lifetime = fields::lifetime(&mut form);
    let subject = form.text("subject").flatten();
    if let Some(subject) = &subject {
        fields::check_subject(&mut form, subject);
    }
    form.finish()?;
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let key = rows::find_locked(&mut tx, &id).await?;
    let mut key = key.ok_or_else(api_keys::not_found)?;
    if let Some(description) = description {
        key.description = description;
    }
    if let Some(claims) = claims {
        key.claims = claims;
    }
    if let Some(scopes) = scopes {
        key.scopes = scopes;
    }
    if let Some(lifetime) = lifetime {
        key.expires_at = lifetime.map(|seconds| api_keys::end(now, seconds));
    }
    if let Some(subject) = subject {
        api_keys::check_subject(&mut tx, &subject).await?;
        key.subject = subject;
    }
    rows::save(&mut tx, &mut key, now)
        .await
        .map_err(|error| api_keys::taken(error, StatusCode::BAD_REQUEST))?;
    tx.commit().await?;
    Ok(Json(api_key(&key, None, now)))
}

/// Deletes a key. 404 where there is none.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    if !rows::delete(&mut tx, &id).await? {
        return Err(api_keys::not_found().into());
    }
    tx.commit().await?;
    Ok(Json(model::deleted("api_key", &id)))
}
