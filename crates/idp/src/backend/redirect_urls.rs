//! `/v1/redirect_urls`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::answer::{Answer, page};
use super::form::Form;
use super::params::Params;
use super::state::Backend;
use crate::error::{Error, Refusal};
use crate::ids::{self, Kind};
use crate::model::{self, ms};
use crate::store;
use crate::store::redirect_urls::{self as rows, RedirectUrl};

/// The longest address.
const MAX_LENGTH: usize = 2048;
/// Schemes that lead into the page itself, or to files.
const FORBIDDEN: [&str; 7] = [
    "http",
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
];

/// The routes of the addresses that links may lead to.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/redirect_urls", get(list).post(create))
        .route("/redirect_urls/{id}", get(read).delete(remove))
}

fn resource(row: &RedirectUrl) -> Value {
    json!({
        "object": "redirect_url",
        "id": row.id,
        "url": row.url,
        "created_at": ms(row.created_at),
        "updated_at": ms(row.created_at),
    })
}

fn missing() -> Refusal {
    Refusal::not_found("Redirect URL")
}

/// The addresses, the newest first: a bare list, or a page where that is asked for.
async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let mut tx = backend.begin().await?;
    let (found, count) = rows::list(&mut tx, params.page()?).await?;
    tx.commit().await?;
    let shown: Vec<Value> = found.iter().map(resource).collect();
    if params.boolean("paginated")? == Some(true) {
        return Ok(page(shown, count));
    }
    Ok(Json(Value::Array(shown)))
}

/// Lets links lead to an address outside the application: one with `https`, or with the scheme of
/// an application. 422 for any other, and for one that is there.
async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let text = form.required("url");
    let is_fit = |url: &Url| {
        text.len() <= MAX_LENGTH
            && !text.chars().any(char::is_control)
            && !FORBIDDEN.contains(&url.scheme())
            && url.username().is_empty()
            && url.password().is_none()
            && (url.scheme() != "https" || url.has_host())
    };
    if !text.is_empty() && !Url::parse(&text).is_ok_and(|url| is_fit(&url)) {
        let why = "The URL must begin with https:// or the scheme of an application.";
        form.refuse(Refusal::format("url", why));
    }
    form.finish()?;
    let row = RedirectUrl {
        id: ids::new(backend.idp.env(), Kind::RedirectUrl),
        url: text,
        created_at: store::now(backend.idp.env()),
    };
    let mut tx = backend.begin().await?;
    rows::insert(&mut tx, &row).await.map_err(taken)?;
    tx.commit().await?;
    Ok(Json(resource(&row)))
}

fn taken(error: Error) -> Error {
    match &error {
        Error::Database(database) if database.constraint() == Some("redirect_urls_once") => {
            let text = "The URL is there already.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Refusal::new(status, "duplicate_record", text)
                .param("url")
                .into()
        }
        _ => error,
    }
}

/// One of the addresses. 404 where there is none of that id.
async fn read(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = rows::find(&mut tx, &id).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(resource(&row)))
}

/// Links no longer lead there, not even those that were sent. 404 where there is none of that id.
async fn remove(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    if !rows::delete(&mut tx, &id).await? {
        return Err(missing().into());
    }
    tx.commit().await?;
    Ok(Json(model::deleted("redirect_url", &id)))
}
