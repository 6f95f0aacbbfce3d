//! `POST /v1/api_keys/{id}/revoke`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::api_keys;
use crate::model::api_key::api_key;
use crate::store;

/// Takes a key back; one that was taken back stays as it is. 404 where there is none.
pub(super) async fn revoke(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let reason = form.name("revocation_reason").flatten();
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let key = api_keys::revoke(idp, &mut tx, &id, reason, |_| true).await?;
    tx.commit().await?;
    Ok(Json(api_key(&key, None, store::now(idp.env()))))
}
