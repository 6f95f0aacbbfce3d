//! `GET /v1/sessions`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::model::session::session;
use crate::store;
use crate::store::search::sessions::{SessionFilter, list as search};

/// A page of the sessions that match, the newest first: a bare list, or with their number where
/// the request says `paginated=true`.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let filter = SessionFilter {
        client_id: params.text("client_id"),
        user_id: params.text("user_id"),
        status: params.text("status"),
    };
    let is_paginated = params.boolean("paginated")?.unwrap_or(false);
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &filter, now, params.page()?).await?;
    tx.commit().await?;
    let shown: Vec<Value> = rows.iter().map(|row| session(row, now)).collect();
    Ok(if is_paginated {
        page(shown, count)
    } else {
        Json(Value::Array(shown))
    })
}
