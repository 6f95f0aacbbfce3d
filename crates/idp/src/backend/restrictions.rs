//! `/v1/allowlist_identifiers`, `/v1/blocklist_identifiers`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::Value;

use super::answer::{Answer, page};
use super::form::Form;
use super::params::Params;
use super::state::Backend;
use crate::domain::names;
use crate::error::{Error, Refusal};
use crate::ids::{self, Kind};
use crate::model;
use crate::model::restriction::restriction;
use crate::store;
use crate::store::restrictions::{self as rows, Restriction};

/// The routes of both lists.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/allowlist_identifiers", get(list_allowed).post(allow))
        .route("/allowlist_identifiers/{id}", delete(forget_allowed))
        .route("/blocklist_identifiers", get(list_blocked).post(block))
        .route("/blocklist_identifiers/{id}", delete(forget_blocked))
}

/// The entries of the list of those who may sign up, the newest first: a bare list, or with their
/// number where the request says `paginated=true`.
async fn list_allowed(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let is_paginated = params.boolean("paginated")?.unwrap_or(false);
    let (shown, count) = list(&backend, "allow", &params).await?;
    Ok(if is_paginated {
        page(shown, count)
    } else {
        Json(Value::Array(shown))
    })
}

/// The entries of the list of those who may not sign up, the newest first.
async fn list_blocked(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let (shown, count) = list(&backend, "block", &params).await?;
    Ok(page(shown, count))
}

async fn list(
    backend: &Backend,
    name: &str,
    params: &Params,
) -> crate::error::Result<(Vec<Value>, i64)> {
    let page = params.page()?;
    let mut tx = backend.begin().await?;
    let (found, count) = rows::list(&mut tx, name, page).await?;
    tx.commit().await?;
    let instance_id = backend.idp.keys().instance_id();
    let shown = found.iter().map(|row| restriction(row, instance_id));
    Ok((shown.collect(), count))
}

/// Puts an address, a number or `*@domain` on the list of those who may sign up. Nobody is told:
/// that is what invitations are for.
async fn allow(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    form.unsupported(&["notify"]);
    add(&backend, "allow", Kind::AllowlistIdentifier, form).await
}

/// Puts an address, a number or `*@domain` on the list of those who may not sign up.
async fn block(State(backend): State<Arc<Backend>>, form: Form) -> Answer {
    add(&backend, "block", Kind::BlocklistIdentifier, form).await
}

/// 422 where it is on the list already.
async fn add(backend: &Backend, list: &str, kind: Kind, mut form: Form) -> Answer {
    let identifier = form.required("identifier");
    let read = read(identifier.trim());
    if read.is_none() && !identifier.is_empty() {
        let text = "identifier must be an email address, *@domain, or a phone number.";
        form.refuse(Refusal::format("identifier", text));
    }
    form.finish()?;
    let (identifier, identifier_type) = read.unwrap_or_default();
    let row = Restriction {
        id: ids::new(backend.idp.env(), kind),
        list: list.to_owned(),
        identifier,
        identifier_type: identifier_type.to_owned(),
        created_at: store::now(backend.idp.env()),
    };
    let mut tx = backend.begin().await?;
    rows::insert(&mut tx, &row).await.map_err(taken)?;
    tx.commit().await?;
    Ok(Json(restriction(&row, backend.idp.keys().instance_id())))
}

fn taken(error: Error) -> Error {
    match &error {
        Error::Database(database) if database.constraint() == Some("restrictions_once") => {
            let text = "The identifier is on the list already.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Refusal::new(status, "duplicate_record", text)
                .param("identifier")
                .into()
        }
        _ => error,
    }
}

/// The identifier as it is compared, and what it is.
fn read(text: &str) -> Option<(String, &'static str)> {
    if let Some(domain) = text.strip_prefix("*@") {
        // Whatever is an address with any local part.
        names::email(&format!("x@{domain}"), "identifier").ok()?;
        return Some((text.to_lowercase(), "email_address"));
    }
    if text.contains('@') {
        let address = names::email(text, "identifier").ok()?;
        return Some((address.to_lowercase(), "email_address"));
    }
    if let Some(wallet) = text.strip_prefix("0x") {
        let is_wallet = wallet.len() == 40 && wallet.bytes().all(|b| b.is_ascii_hexdigit());
        return is_wallet.then(|| (text.to_lowercase(), "web3_wallet"));
    }
    let digits: String = text
        .strip_prefix('+')?
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')'))
        .collect();
    let is_number = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| (format!("+{digits}"), "phone_number"))
}

async fn forget_allowed(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    forget(&backend, "allow", "allowlist_identifier", &id).await
}

async fn forget_blocked(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    forget(&backend, "block", "blocklist_identifier", &id).await
}

/// Takes an entry off a list. 404 where it is not there.
async fn forget(backend: &Backend, list: &str, object: &str, id: &str) -> Answer {
    let mut tx = backend.begin().await?;
    if !rows::delete(&mut tx, list, id).await? {
        return Err(Refusal::not_found("Identifier").into());
    }
    tx.commit().await?;
    Ok(Json(model::deleted(object, id)))
}
