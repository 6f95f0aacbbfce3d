//! `POST /v1/client/sessions/{id}/verify/prepare_second_factor` and `…/attempt_second_factor`

use axum::extract::{Path, State};
use axum::response::Response;

use super::{Given, answer, begin, find, take};
use crate::domain::factors;
use crate::domain::verifications::Judgement;
use crate::error::Result;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::frontend::{Frontend, sign_ins};
use crate::store::reverifications as rows;

/// Sends a code to a number that is kept for second factors. A session of this browser; 401
/// otherwise. Rate limited, by browser and by number.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let (strategy, phone) = (form.require("strategy")?, form.get("phone_number_id"));
    let mut visit = Visit::write(&frontend, meta).await?;
    let (session, person) = begin(&mut visit, &id).await?;
    let mut row = find(&mut visit, &session, "needs_second_factor").await?;
    let idp = visit.idp.clone();
    let asked = factors::ask(&idp, &mut visit.tx, &person, strategy, phone).await?;
    row.second_factor = Some(asked.verification);
    rows::save(&mut visit.tx, &row).await?;
    visit.send(asked.mail);
    answer(visit, &row, &person).await
}

/// Takes a code of the authenticator, a backup code, or one that was sent. A session of this
/// browser; 401 otherwise. Rate limited; wrong answers count towards the lock of the account.
pub async fn attempt(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let (strategy, code) = (form.require("strategy")?, form.require("code")?);
    let mut visit = Visit::write(&frontend, meta).await?;
    let (session, person) = begin(&mut visit, &id).await?;
    let mut row = find(&mut visit, &session, "needs_second_factor").await?;
    let asked = row
        .second_factor
        .as_ref()
        .filter(|asked| asked.strategy == strategy)
        .map(|asked| asked.id.clone());
    let idp = visit.idp.clone();
    let (tx, asked) = (&mut visit.tx, asked.as_deref());
    match factors::judge(&idp, tx, &person, strategy, code, asked).await? {
        Judgement::Right(proof) => {
            take(&mut visit, &session, &mut row, Given::Second, proof).await?;
            answer(visit, &row, &person).await
        }
        Judgement::Wrong(refusal) => sign_ins::fail(visit, &person, refusal).await,
        Judgement::Closed(refusal) => Err(refusal.into()),
    }
}
