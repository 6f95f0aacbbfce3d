//! `POST /v1/client/sessions/{id}/verify/prepare_first_factor` and `…/attempt_first_factor`

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::{Given, answer, begin, find, take};
use crate::domain::verifications::{self, EMAIL_CODE, Judgement, PHONE_CODE, judge_code};
use crate::error::{Refusal, Result};
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::frontend::{Frontend, sign_ins};
use crate::model::user::Person;
use crate::store::reverifications as rows;

/// Sends a code to a verified address or number of the user. A session of this browser; 401 otherwise.
/// Rate limited, by browser and by mailbox.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let strategy = form.require("strategy")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (session, person) = begin(&mut visit, &id).await?;
    let mut row = find(&mut visit, &session, "needs_first_factor").await?;
    let (receiver, to) = match strategy {
        EMAIL_CODE => address(&person, form.get("email_address_id"))?,
        PHONE_CODE => number(&person, form.get("phone_number_id"))?,
        _ => return Err(unsupported().into()),
    };
    let idp = visit.idp.clone();
    let (verification, mail) = verifications::ask(&idp, &mut visit.tx, strategy, &to).await?;
    row.first_factor = Some(verification);
    rows::save(&mut visit.tx, &row).await?;
    visit.send(mail.owned(&person.user.id, &receiver));
    answer(visit, &row, &person).await
}

/// A verified address of the person's own, and its id; the primary one where none is named.
fn address(person: &Person, id: Option<&str>) -> Result<(String, String), Refusal> {
    let id = id.or(person.user.primary_email_address_id.as_deref());
    let mut emails = person.emails.iter();
    let email = emails.find(|email| Some(email.id.as_str()) == id && email.verified_at.is_some());
    email
        .map(|email| (email.id.clone(), email.address.clone()))
        .ok_or_else(|| not_own("email_address_id"))
}

/// A verified number of the person's own that is not kept for second factors, and its id; the
/// primary one where none is named.
fn number(person: &Person, id: Option<&str>) -> Result<(String, String), Refusal> {
    let id = id.or(person.user.primary_phone_number_id.as_deref());
    let mut phones = person
        .phones
        .iter()
        .filter(|phone| phone.verified_at.is_some() && !phone.reserved_for_second_factor);
    let phone = phones.find(|phone| Some(phone.id.as_str()) == id);
    phone
        .map(|phone| (phone.id.clone(), phone.number.clone()))
        .ok_or_else(|| not_own("phone_number_id"))
}

fn not_own(param: &str) -> Refusal {
    let text = "It is not one of this account.";
    Refusal::new(StatusCode::NOT_FOUND, "resource_not_found", text).param(param)
}

/// Takes the password or a code. A session of this browser; 401 otherwise. Rate limited; wrong
/// answers count towards the lock of the account.
pub async fn attempt(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    match form.require("strategy")? {
        "password" => password(&frontend, &id, meta, form.require("password")?).await,
        strategy @ (EMAIL_CODE | PHONE_CODE) => {
            code(&frontend, &id, meta, strategy, form.require("code")?).await
        }
        _ => Err(unsupported().into()),
    }
}

/// The password is compared between two transactions: none is held while that takes its time.
async fn password(frontend: &Frontend, id: &str, meta: Meta, password: &str) -> Result<Response> {
    let mut visit = Visit::read(frontend, meta.clone()).await?;
    let (session, person) = begin(&mut visit, id).await?;
    find(&mut visit, &session, "needs_first_factor").await?;
    let digest = person.user.password_digest;
    drop(visit);
    let passwords = frontend.idp.passwords();
    let proven = passwords.verify(password, digest.as_deref()).await?;

    let mut visit = Visit::write(frontend, meta).await?;
    let (session, person) = begin(&mut visit, id).await?;
    let mut row = find(&mut visit, &session, "needs_first_factor").await?;
    if !proven || person.user.password_digest != digest {
        return sign_ins::fail(visit, &person, sign_ins::password_incorrect()).await;
    }
    let idp = visit.idp.clone();
    let proof = verifications::record(&idp, &mut visit.tx, "password").await?;
    take(&mut visit, &session, &mut row, Given::First, proof).await?;
    answer(visit, &row, &person).await
}

async fn code(
    frontend: &Frontend,
    id: &str,
    meta: Meta,
    strategy: &str,
    code: &str,
) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    let (session, person) = begin(&mut visit, id).await?;
    let mut row = find(&mut visit, &session, "needs_first_factor").await?;
    let (idp, tx) = (visit.idp.clone(), &mut visit.tx);
    match judge_code(&idp, tx, row.first_factor.as_ref(), strategy, code).await? {
        Judgement::Right(proof) => {
            take(&mut visit, &session, &mut row, Given::First, proof).await?;
            answer(visit, &row, &person).await
        }
        Judgement::Wrong(refusal) => sign_ins::fail(visit, &person, refusal).await,
        Judgement::Closed(refusal) => Err(refusal.into()),
    }
}

fn unsupported() -> Refusal {
    let text = "The strategy is not supported here.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_param_value_invalid", text).param("strategy")
}
