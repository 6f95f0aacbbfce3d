//! The e-mail addresses of the signed-in user.

mod verify;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::Value;

use super::Frontend;
use super::fields::Form;
use super::request::Meta;
use super::visit::Visit;
use crate::domain::{emails as acts, names};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;

/// The routes under `/me/email_addresses`.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/me/email_addresses", get(list).post(create))
        .route("/me/email_addresses/{id}", get(find).delete(remove))
        .route(
            "/me/email_addresses/{id}/prepare_verification",
            post(verify::prepare),
        )
        .route(
            "/me/email_addresses/{id}/attempt_verification",
            post(verify::attempt),
        )
}

/// `GET /v1/me/email_addresses`: a bare list. Signed in; 401 otherwise.
async fn list(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let rows = person.emails.iter();
    let values = rows
        .map(|row| model::user::email_address(row, &person.external_accounts, visit.now))
        .collect();
    visit.bare(Value::Array(values)).await
}

/// `POST /v1/me/email_addresses`: adds one, which is to be proven. Signed in; 401 otherwise. 422
/// where it belongs to somebody. Rate limited.
async fn create(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    check_enabled(&frontend.idp)?;
    let address = names::email(form.require("email_address")?, "email_address")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    let id = acts::add(&idp, &mut visit.tx, &mut person, address, None).await?;
    answer(visit, &person, &id).await
}

/// `GET /v1/me/email_addresses/{id}`. Signed in; 401 otherwise, 404 for somebody else's.
async fn find(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    answer(visit, &person, &id).await
}

/// `DELETE /v1/me/email_addresses/{id}`. Signed in; 401 otherwise, 404 for somebody else's, 400 for
/// the last that the user can be told apart by.
async fn remove(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    acts::remove(&idp, &mut visit.tx, &mut person, &id).await?;
    visit.answer(model::deleted("email_address", &id)).await
}

async fn answer(visit: Visit, person: &Person, id: &str) -> Result<Response> {
    let email = acts::own(person, id)?;
    let value = model::user::email_address(email, &person.external_accounts, visit.now);
    visit.answer(value).await
}

fn check_enabled(idp: &Idp) -> Result<(), Refusal> {
    if idp.settings().identification.email_address.enabled {
        return Ok(());
    }
    let text = "Email addresses are not enabled for this instance.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Refusal::new(status, "form_param_unknown", text).param("email_address"))
}
