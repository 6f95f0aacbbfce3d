//! The second factor of an attempt to sign in.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{admitted, answer, complete, fail, find_open};
use crate::domain::factors;
use crate::domain::verifications::Judgement;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::store::sign_ins as rows;

/// `POST /v1/client/sign_ins/{id}/prepare_second_factor`: sends a code to a number that is kept
/// for second factors. An attempt of this browser whose first factor was given; 404 otherwise.
/// Rate limited, by browser and by number.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let (strategy, phone) = (form.require("strategy")?, form.get("phone_number_id"));
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_in = find_open(&mut visit, &id, "needs_second_factor").await?;
    let person = admitted(&mut visit, sign_in.user_id.as_deref()).await?;
    let idp = visit.idp.clone();
    let asked = factors::ask(&idp, &mut visit.tx, &person, strategy, phone).await?;
    sign_in.second_factor_verification = Some(asked.verification);
    sign_in.second_factor_phone_number_id = Some(asked.phone_number_id);
    rows::save(&mut visit.tx, &mut sign_in, visit.now).await?;
    visit.send(asked.mail);
    answer(visit, &sign_in, Some(&person)).await
}

/// `POST /v1/client/sign_ins/{id}/attempt_second_factor`: a code of the authenticator, a backup
/// code, or one that was sent. An attempt of this browser whose first factor was given; 404
/// otherwise. Rate limited; wrong answers count towards the lock of the account.
pub async fn attempt(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let (strategy, code) = (form.require("strategy")?, form.require("code")?);
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_in = find_open(&mut visit, &id, "needs_second_factor").await?;
    let mut person = admitted(&mut visit, sign_in.user_id.as_deref()).await?;
    let asked = sign_in
        .second_factor_verification
        .as_ref()
        .filter(|row| row.strategy == strategy)
        .map(|row| row.id.clone());
    let idp = visit.idp.clone();
    let (tx, asked) = (&mut visit.tx, asked.as_deref());
    match factors::judge(&idp, tx, &person, strategy, code, asked).await? {
        Judgement::Right(proof) => {
            complete::second_factor(&mut visit, &mut sign_in, &mut person, proof).await?;
            answer(visit, &sign_in, Some(&person)).await
        }
        Judgement::Wrong(refusal) => fail(visit, &person, refusal).await,
        Judgement::Closed(refusal) => Err(refusal.into()),
    }
}
