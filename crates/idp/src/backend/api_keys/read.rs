//! `GET /v1/api_keys`, `GET /v1/api_keys/{id}`, `GET /v1/api_keys/{id}/secret`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::json;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::api_keys;
use crate::error::{Refusal, Result};
use crate::model::api_key::api_key;
use crate::secrets;
use crate::store;
use crate::store::api_keys::{self as rows, ApiKey, ApiKeyFilter};

/// A page of a subject's keys, the newest first; those taken back or past their end where asked
/// for.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let filter = ApiKeyFilter {
        subject: params
            .text("subject")
            .ok_or_else(|| Refusal::missing("subject"))?,
        include_invalid: params.boolean("include_invalid")?.unwrap_or(false),
        query: params.text("query").unwrap_or_default(),
    };
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let (found, count) = rows::list(&mut tx, &filter, now, params.page()?).await?;
    tx.commit().await?;
    let shown = found.iter().map(|key| api_key(key, None, now)).collect();
    Ok(page(shown, count))
}

/// A key. 404 where there is none.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let key = find(&backend, &id).await?;
    Ok(Json(api_key(&key, None, store::now(backend.idp.env()))))
}

/// The secret of a key. 404 where there is no such key or it was taken back, 400 where the
/// instance's own secret was replaced since the key was made.
pub(super) async fn secret(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let key = find(&backend, &id).await?;
    if key.revoked {
        return Err(api_keys::not_found().into());
    }
    let secret = api_keys::secret_of(&backend.idp, &key.id);
    if secrets::digest(&secret) != key.secret_digest {
        let text = "The key was made under another secret key of the instance.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "secret_not_available", text).into());
    }
    Ok(Json(json!({ "secret": secret })))
}

async fn find(backend: &Backend, id: &str) -> Result<ApiKey> {
    let mut tx = backend.begin().await?;
    let key = rows::find_locked(&mut tx, id).await?;
    tx.commit().await?;
    Ok(key.ok_or_else(api_keys::not_found)?)
}
