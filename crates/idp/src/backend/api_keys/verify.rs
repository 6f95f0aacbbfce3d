//! `POST /v1/api_keys/verify`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::api_keys;
use crate::model::api_key::api_key;
use crate::store;

/// The key of a secret. 404 for one that opens nothing: unknown, taken back, too old, or of a user
/// who is banned.
pub(super) async fn verify(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let secret = form.required("secret");
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let key = api_keys::verify(idp, &mut tx, &secret).await?;
    tx.commit().await?;
    Ok(Json(api_key(&key, None, store::now(idp.env()))))
}
