//! The proof of a number.

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer;
use crate::domain::phones as acts;
use crate::domain::verifications::{self, PHONE_CODE, judge_code};
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;

/// `POST /v1/me/phone_numbers/{id}/prepare_verification`: sends a code. Signed in; 401 otherwise,
/// 404 for somebody else's. Rate limited, by browser and by number.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    verifications::expect_strategy(form.get("strategy").unwrap_or(PHONE_CODE), &[PHONE_CODE])?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let row = acts::own(&person, &id)?;
    if row.verified_at.is_some() {
        return Err(verifications::already_verified().into());
    }
    let (number, idp) = (row.number.clone(), visit.idp.clone());
    let (verification, mail) = verifications::ask(&idp, &mut visit.tx, PHONE_CODE, &number).await?;
    acts::save(&idp, &mut visit.tx, &mut person, &id, verification).await?;
    visit.send(mail);
    answer(visit, &person, &id).await
}

/// `POST /v1/me/phone_numbers/{id}/attempt_verification`: the code. Signed in; 401 otherwise, 404
/// for somebody else's, 422 where somebody else proved it first. Rate limited; five answers to
/// each code.
pub async fn attempt(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let code = form.require("code")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let asked = acts::own(&person, &id)?.verification.as_ref();
    let idp = visit.idp.clone();
    let judgement = judge_code(&idp, &mut visit.tx, asked, PHONE_CODE, code).await?;
    let (mut visit, verification) = visit.proven(judgement).await?;
    acts::save(&idp, &mut visit.tx, &mut person, &id, verification).await?;
    answer(visit, &person, &id).await
}
