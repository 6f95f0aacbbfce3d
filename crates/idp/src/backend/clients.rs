//! `GET /v1/clients`, `GET /v1/clients/{id}`, `POST /v1/clients/verify`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bailiwick_pg::Tx;
use serde_json::{Value, json};

use super::answer::{Answer, page};
use super::form::Form;
use super::params::Params;
use super::state::Backend;
use crate::error::{Refusal, Result};
use crate::model::{ms, session::session};
use crate::store::clients::Client;
use crate::store::{self, clients, search, sessions};
use crate::{instance::Idp, secrets};

/// The routes under `/clients`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/clients", get(list))
        .route("/clients/verify", post(verify))
        .route("/clients/{id}", get(read))
}

/// A page of the browsers, the newest first: a bare list, or with their number where the request
/// says `paginated=true`.
async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let is_paginated = params.boolean("paginated")?.unwrap_or(false);
    let mut tx = backend.begin().await?;
    let (ids, count) = search::clients::list(&mut tx, params.page()?).await?;
    let shown = show(&backend.idp, &mut tx, &ids).await?;
    tx.commit().await?;
    Ok(if is_paginated {
        page(shown, count)
    } else {
        Json(Value::Array(shown))
    })
}

/// A browser. 404 where there is none.
async fn read(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    one(&backend, id).await
}

/// The browser of the secret that is in its cookie. 404 where no browser has it.
async fn verify(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let token = form.required("token");
    form.finish()?;
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let client = clients::find_by_cookie(&mut tx, &secrets::digest(&token), now).await?;
    tx.commit().await?;
    let client = client.ok_or_else(|| Refusal::not_found("Client"))?;
    one(&backend, client.id).await
}

async fn one(backend: &Backend, id: String) -> Answer {
    let mut tx = backend.begin().await?;
    let shown = show(&backend.idp, &mut tx, &[id]).await?;
    tx.commit().await?;
    let shown = shown.into_iter().next();
    Ok(Json(shown.ok_or_else(|| Refusal::not_found("Client"))?))
}

/// Browsers with their live sessions.
async fn show(idp: &Idp, tx: &mut Tx, ids: &[String]) -> Result<Vec<Value>> {
    let now = store::now(idp.env());
    let rows = clients::load(tx, ids).await?;
    let live = search::clients::sessions(tx, ids, now).await?;
    let live = sessions::load(tx, &live).await?;
    let show = |client: &Client| {
        let mut own: Vec<_> = live
            .iter()
            .filter(|row| row.client_id == client.id)
            .collect();
        own.sort_by_key(|row| row.created_at);
        json!({
            "object": "client",
            "id": client.id,
            "session_ids": own.iter().map(|row| &row.id).collect::<Vec<_>>(),
            "sessions": own.iter().map(|row| session(row, now)).collect::<Vec<_>>(),
            "sign_in_id": client.sign_in_id,
            "sign_up_id": client.sign_up_id,
            "last_active_session_id": client.last_active_session_id,
            "last_authentication_strategy": client.last_authentication_strategy,
            "created_at": ms(client.created_at),
            "updated_at": ms(client.updated_at),
        })
    };
    Ok(rows.iter().map(show).collect())
}
