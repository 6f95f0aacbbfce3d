//! The first factor of an attempt to sign in.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{Strategy, admitted_or_nobody, answer, complete, fail, find_open, password_incorrect};
use crate::domain::passwords;
use crate::domain::verifications::{self, Judgement, judge_code};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::store::sign_ins as rows;
use crate::store::users;

/// `POST /v1/client/sign_ins/{id}/attempt_first_factor`: a password or a code. An attempt of this
/// browser that is under way; 404 otherwise. Rate limited; wrong answers count towards the lock
/// of the account.
pub async fn attempt(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    match Strategy::read(&frontend.idp.settings(), form.require("strategy")?)? {
        Strategy::Password => password(&frontend, &id, meta, form.require("password")?).await,
        // Links are followed, not typed.
        Strategy::EmailLink => Err(verifications::not_supported().into()),
        strategy => code(&frontend, &id, meta, strategy, form.require("code")?).await,
    }
}

/// The password is compared between two transactions: none is held while that takes its time.
async fn password(frontend: &Frontend, id: &str, meta: Meta, password: &str) -> Result<Response> {
    let mut visit = Visit::read(frontend, meta.clone()).await?;
    let sign_in = find_open(&mut visit, id, "needs_first_factor").await?;
    let digest = match &sign_in.user_id {
        Some(user_id) => users::find(&mut visit.tx, user_id).await?,
        None => None,
    }
    .and_then(|user| user.password_digest);
    drop(visit);
    let proof = frontend
        .idp
        .passwords()
        .prove(password, digest.as_deref())
        .await?;

    let mut visit = Visit::write(frontend, meta).await?;
    let mut sign_in = find_open(&mut visit, id, "needs_first_factor").await?;
    let person = admitted_or_nobody(&mut visit, sign_in.user_id.as_deref()).await?;
    let Some(mut person) = person else {
        return Err(password_incorrect().into());
    };
    // The digest may have changed while the password was compared with the old one.
    if !proof.is_right || person.user.password_digest != digest {
        return fail(visit, &person, password_incorrect()).await;
    }
    passwords::upgrade(&mut visit.tx, &mut person, proof.better).await?;
    complete::by_password(&mut visit, &mut sign_in, &mut person).await?;
    answer(visit, &sign_in, Some(&person)).await
}

async fn code(
    frontend: &Frontend,
    id: &str,
    meta: Meta,
    strategy: Strategy,
    code: &str,
) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    let mut sign_in = find_open(&mut visit, id, "needs_first_factor").await?;
    let person = admitted_or_nobody(&mut visit, sign_in.user_id.as_deref()).await?;
    let (idp, tx) = (visit.idp.clone(), &mut visit.tx);
    let asked = sign_in.first_factor_verification.as_ref();
    let judgement = judge_code(&idp, tx, asked, strategy.as_str(), code).await?;
    let Some(mut person) = person else {
        // Nobody was sent a code; whatever was answered is wrong, and is counted.
        let refusal = match judgement {
            Judgement::Right(_) => verifications::code_incorrect(),
            Judgement::Wrong(refusal) | Judgement::Closed(refusal) => refusal,
        };
        visit.commit().await?;
        return Err(refusal.into());
    };
    match judgement {
        Judgement::Right(verification) => {
            sign_in.first_factor_verification = Some(verification);
            if strategy.is_reset() {
                "needs_new_password".clone_into(&mut sign_in.status);
                rows::save(&mut visit.tx, &mut sign_in, visit.now).await?;
            } else {
                let proof = complete::Proof::default();
                complete::first_factor(&mut visit, &mut sign_in, &mut person, proof).await?;
            }
            answer(visit, &sign_in, Some(&person)).await
        }
        Judgement::Wrong(refusal) => fail(visit, &person, refusal).await,
        Judgement::Closed(refusal) => Err(Refusal::into(refusal)),
    }
}
