//! The phone numbers of the signed-in user.

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
use crate::domain::{names, phones as acts};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;

/// The routes under `/me/phone_numbers`.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/me/phone_numbers", get(list).post(create))
        .route(
            "/me/phone_numbers/{id}",
            get(find).patch(update).delete(remove),
        )
        .route(
            "/me/phone_numbers/{id}/prepare_verification",
            post(verify::prepare),
        )
        .route(
            "/me/phone_numbers/{id}/attempt_verification",
            post(verify::attempt),
        )
}

/// `GET /v1/me/phone_numbers`: a bare list. Signed in; 401 otherwise.
async fn list(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let rows = person.phones.iter();
    let values = rows
        .map(|row| model::user::phone_number(row, visit.now))
        .collect();
    visit.bare(Value::Array(values)).await
}

/// `POST /v1/me/phone_numbers`: adds one, which is to be proven. Signed in; 401 otherwise. 422
/// where it belongs to somebody. Rate limited.
async fn create(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    check_enabled(&frontend.idp)?;
    let number = names::phone(form.require("phone_number")?, "phone_number")?;
    let is_reserved = form.flag("reserved_for_second_factor");
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    let id = acts::add(&idp, &mut visit.tx, &mut person, number, is_reserved, None).await?;
    answer(visit, &person, &id).await
}

/// `GET /v1/me/phone_numbers/{id}`. Signed in; 401 otherwise, 404 for somebody else's.
async fn find(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    answer(visit, &person, &id).await
}

/// `PATCH /v1/me/phone_numbers/{id}`: what it is used for. Signed in; 401 otherwise, 404 for
/// somebody else's, 400 for one that is not verified.
async fn update(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let flag = |name| form.get(name).map(|_| form.flag(name));
    let wanted = acts::Use {
        reserved_for_second_factor: flag("reserved_for_second_factor"),
        default_second_factor: flag("default_second_factor"),
    };
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    acts::set_use(&idp, &mut visit.tx, &mut person, &id, wanted).await?;
    answer(visit, &person, &id).await
}

/// `DELETE /v1/me/phone_numbers/{id}`. Signed in; 401 otherwise, 404 for somebody else's, 400 for
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
    visit.answer(model::deleted("phone_number", &id)).await
}

async fn answer(visit: Visit, person: &Person, id: &str) -> Result<Response> {
    let value = model::user::phone_number(acts::own(person, id)?, visit.now);
    visit.answer(value).await
}

fn check_enabled(idp: &Idp) -> Result<(), Refusal> {
    if idp.settings().identification.phone_number.enabled {
        return Ok(());
    }
    let text = "Phone numbers are not enabled for this instance.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Refusal::new(status, "form_param_unknown", text).param("phone_number"))
}
