//! `POST /v1/phone_numbers/{id}/prepare_verification` and `…/attempt_verification`
//!
//! A server asks for a code and judges the answer, for a flow of its own. The verification is none
//! of the number's own: what is verified stays verified.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::owner;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::backend::verifications::{judge, resource};
use crate::domain::phones as acts;
use crate::domain::verifications::{self, PHONE_CODE};
use crate::store::verifications as rows;

/// Sends a code. 404 where there is no such phone number, 429 where too many were sent there.
pub(super) async fn prepare(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    form.ignore(&["strategy"]);
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let person = owner(&mut tx, &id).await?;
    let to = acts::own(&person, &id)?.number.clone();
    let (verification, mail) = verifications::ask(idp, &mut tx, PHONE_CODE, &to).await?;
    rows::set_receiver(&mut tx, &verification.id, &id).await?;
    tx.commit().await?;
    idp.mailer().deliver(mail).await?;
    Ok(Json(resource(&backend, &verification)))
}

/// Judges an answer to a code that [`prepare`] sent there; five to each. 404 for a verification of
/// anything else, 422 for a wrong code.
pub(super) async fn attempt(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let verification_id = form.required("verification_id");
    let code = form.required("code");
    form.finish()?;
    let mut tx = backend.begin().await?;
    owner(&mut tx, &id).await?;
    judge(&backend, tx, &id, &verification_id, &code).await
}
