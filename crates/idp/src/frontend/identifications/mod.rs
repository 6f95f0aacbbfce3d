//! The e-mail addresses and phone numbers of the signed-in user.

mod verify;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, patch, post};
use axum::{Extension, Router};
use serde_json::Value;

use super::Frontend;
use super::fields::Form;
use super::request::Meta;
use super::visit::Visit;
use crate::domain::identifications::{Kind, New};
use crate::domain::phones;
use crate::error::Result;
use crate::model;
use crate::model::user::Person;

/// The routes under `/me/email_addresses` and `/me/phone_numbers`.
pub fn routes() -> Router<Frontend> {
    let numbers = of(Kind::Phone, "/me/phone_numbers");
    let numbers = numbers.route("/me/phone_numbers/{id}", patch(set_use));
    of(Kind::Email, "/me/email_addresses").merge(numbers)
}

fn of(kind: Kind, all: &str) -> Router<Frontend> {
    let one = format!("{all}/{{id}}");
    let prepare = format!("{one}/prepare_verification");
    let attempt = format!("{one}/attempt_verification");
    Router::new()
        .route(all, get(list).post(create))
        .route(&one, get(find).delete(remove))
        .route(&prepare, post(verify::prepare))
        .route(&attempt, post(verify::attempt))
        .layer(Extension(kind))
}

/// `GET /v1/me/email_addresses` and `…/phone_numbers`: a bare list. Signed in; 401 otherwise.
async fn list(
    State(frontend): State<Frontend>,
    Extension(kind): Extension<Kind>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let values = kind.resources(&person, visit.now);
    visit.bare(Value::Array(values)).await
}

/// `POST /v1/me/email_addresses` and `…/phone_numbers`: adds one, which is to be proven. Signed in;
/// 401 otherwise. 422 where it belongs to somebody. Rate limited.
async fn create(
    State(frontend): State<Frontend>,
    Extension(kind): Extension<Kind>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    kind.check_enabled(&frontend.idp)?;
    let new = New {
        text: kind.read(form.require(kind.object())?)?,
        is_reserved: form.flag("reserved_for_second_factor"),
        proof: None,
    };
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    let id = kind.add(&idp, &mut visit.tx, &mut person, new).await?;
    answer(visit, kind, &person, &id).await
}

/// `GET /v1/me/email_addresses/{id}` and `…/phone_numbers/{id}`. Signed in; 401 otherwise, 404 for
/// somebody else's.
async fn find(
    State(frontend): State<Frontend>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    answer(visit, kind, &person, &id).await
}

/// `DELETE /v1/me/email_addresses/{id}` and `…/phone_numbers/{id}`. Signed in; 401 otherwise, 404
/// for somebody else's, 400 for the last that the user can be told apart by.
async fn remove(
    State(frontend): State<Frontend>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    kind.remove(&idp, &mut visit.tx, &mut person, &id).await?;
    visit.answer(model::deleted(kind.object(), &id)).await
}

/// `PATCH /v1/me/phone_numbers/{id}`: what it is used for. Signed in; 401 otherwise, 404 for
/// somebody else's, 400 for one that is not verified.
async fn set_use(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let flag = |name| form.get(name).map(|_| form.flag(name));
    let wanted = phones::Use {
        reserved_for_second_factor: flag("reserved_for_second_factor"),
        default_second_factor: flag("default_second_factor"),
    };
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    phones::set_use(&idp, &mut visit.tx, &mut person, &id, wanted).await?;
    answer(visit, Kind::Phone, &person, &id).await
}

async fn answer(visit: Visit, kind: Kind, person: &Person, id: &str) -> Result<Response> {
    let value = kind.resource(person, id, visit.now)?;
    visit.answer(value).await
}
