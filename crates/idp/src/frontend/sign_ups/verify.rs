//! The proof of an attempt's address or number.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{answer, external, find_open, settle};
use crate::domain::verifications::{
    self, EMAIL_CODE, EMAIL_LINK, LinkRequest, PHONE_CODE, expect_strategy, judge_code,
};
use crate::error::{Refusal, Result};
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::frontend::{Frontend, redirects, social};
use crate::model;
use crate::store::sign_ups as rows;

/// `POST /v1/client/sign_ups/{id}/prepare_verification`: sends a code or a link. An attempt of
/// this browser that is under way; 404 otherwise. Rate limited, by browser and by receiver.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let strategy = form.require("strategy")?;
    if social::is_oauth(strategy) {
        return external::prepare(&frontend, &id, meta, &form, strategy).await;
    }
    expect_strategy(strategy, &offered(&frontend))?;
    let redirect_url = match strategy {
        EMAIL_LINK => {
            let text = form.joined("redirect_url");
            let text = text.ok_or_else(|| Refusal::missing("redirect_url"))?;
            Some(redirects::read(
                frontend.idp.config(),
                &text,
                "redirect_url",
            )?)
        }
        _ => None,
    };
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_up = find_open(&mut visit, &id).await?;
    let is_phone = strategy == PHONE_CODE;
    let (to, is_verified) = if is_phone {
        let is_verified = model::sign_up::is_phone_verified(&sign_up, visit.now);
        (sign_up.phone_number.clone(), is_verified)
    } else {
        let is_verified = model::sign_up::is_email_verified(&sign_up, visit.now);
        (sign_up.email_address.clone(), is_verified)
    };
    let name = if is_phone {
        "phone_number"
    } else {
        "email_address"
    };
    let to = to.ok_or_else(|| Refusal::missing(name))?;
    if is_verified {
        return Err(verifications::already_verified().into());
    }
    let idp = visit.idp.clone();
    let (verification, mail) = match &redirect_url {
        Some(redirect_url) => {
            let origin = visit.meta.origin.clone();
            let link = LinkRequest {
                slug: "magic_link_sign_up",
                address: &to,
                client_id: &sign_up.client_id,
                origin: origin.as_deref().unwrap_or(&idp.config().home_url),
                redirect_url,
            };
            verifications::ask_link(&idp, &mut visit.tx, link).await?
        }
        None => verifications::ask(&idp, &mut visit.tx, strategy, &to).await?,
    };
    if is_phone {
        sign_up.phone_verification = Some(verification);
    } else {
        sign_up.email_verification = Some(verification);
    }
    rows::save(&mut visit.tx, &mut sign_up, visit.now).await?;
    visit.send(mail);
    answer(visit, &sign_up).await
}

/// The ways in which addresses and numbers are proven here.
fn offered(frontend: &Frontend) -> Vec<&'static str> {
    let settings = frontend.idp.settings();
    let proof = settings.identification.email_address.verification;
    vec![model::sign_up::email_strategy(proof), PHONE_CODE]
}

/// `POST /v1/client/sign_ups/{id}/attempt_verification`: the code. The right one completes the
/// attempt where nothing else is missing. An attempt of this browser that is under way; 404
/// otherwise. Rate limited; five answers to each code.
pub async fn attempt(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let strategy = form.require("strategy")?;
    expect_strategy(strategy, &[EMAIL_CODE, PHONE_CODE])?;
    let code = form.require("code")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_up = find_open(&mut visit, &id).await?;
    let asked = match strategy {
        PHONE_CODE => sign_up.phone_verification.as_ref(),
        _ => sign_up.email_verification.as_ref(),
    };
    let idp = visit.idp.clone();
    let judgement = judge_code(&idp, &mut visit.tx, asked, strategy, code).await?;
    let (visit, verification) = visit.proven(judgement).await?;
    if strategy == PHONE_CODE {
        sign_up.phone_verification = Some(verification);
    } else {
        sign_up.email_verification = Some(verification);
    }
    settle(visit, sign_up).await
}
