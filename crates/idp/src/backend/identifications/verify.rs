//! `POST /v1/email_addresses/{id}/prepare_verification` and `…/attempt_verification`, and the same
//! of phone numbers.
//!
//! A server asks for a code and judges the answer, for a flow of its own. The verification is none
//! of the identification's own: what is verified stays verified.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::handlers::owner;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::identifications::Kind;
use crate::domain::messages;
use crate::domain::verifications::{self, Judgement};
use crate::error::Refusal;
use crate::model;
use crate::store::verifications::Verification;
use crate::store::{self, verifications as rows};

/// Sends a code. 404 where there is no such identification, 429 where too many were sent there.
pub(super) async fn prepare(
    State(backend): State<Arc<Backend>>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    form.ignore(&["strategy"]);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let person = owner(kind, &mut tx, &id).await?;
    let to = kind.own(&person, &id)?.text;
    let (verification, mail) = verifications::ask(idp, &mut tx, kind.strategy(), to).await?;
    rows::set_receiver(&mut tx, &verification.id, &id).await?;
    let mail = mail.owned(&person.user.id, &id);
    messages::announce(idp, &mut tx, std::slice::from_ref(&mail)).await?;
    tx.commit().await?;
    idp.mailer().deliver(mail).await?;
    Ok(Json(resource(&backend, &verification)))
}

/// Judges an answer to a code that [`prepare`] sent there; five to each. 404 for a verification of
/// anything else, 422 for a wrong code, which counts.
pub(super) async fn attempt(
    State(backend): State<Arc<Backend>>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let verification_id = form.required("verification_id");
    let code = form.required("code");
    form.finish()?;
    let mut tx = backend.begin().await?;
    owner(kind, &mut tx, &id).await?;
    if rows::receiver(&mut tx, &verification_id).await?.as_deref() != Some(id.as_str()) {
        return Err(Refusal::not_found("Verification").into());
    }
    match verifications::judge(&backend.idp, &mut tx, &verification_id, &code).await? {
        Judgement::Right(verification) => {
            tx.commit().await?;
            Ok(Json(resource(&backend, &verification)))
        }
        Judgement::Wrong(refusal) => {
            tx.commit().await?;
            Err(refusal.into())
        }
        Judgement::Closed(refusal) => Err(refusal.into()),
    }
}

/// A verification, as servers see it.
fn resource(backend: &Backend, verification: &Verification) -> Value {
    let now = store::now(backend.idp.env());
    json!({
        "object": "verification",
        "id": verification.id,
        "status": verification.standing(now).as_str(),
        "strategy": verification.strategy,
        "attempts": verification.attempts,
        "expire_at": model::ms_opt(verification.expire_at),
        "channel": null,
    })
}
