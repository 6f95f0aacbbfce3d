//! The proof of an address or a number.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::answer;
use crate::domain::identifications::Kind;
use crate::domain::verifications::{self, EMAIL_LINK, LinkRequest, judge_code};
use crate::error::{Refusal, Result};
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::frontend::{Frontend, redirects};
use crate::model::sign_up::email_strategy;

/// `POST /v1/me/email_addresses/{id}/prepare_verification`: sends a code or a link; and the same of
/// `…/phone_numbers`, which get codes. Signed in; 401 otherwise, 404 for somebody else's. Rate
/// limited, by browser and by mailbox or number.
pub async fn prepare(
    State(frontend): State<Frontend>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let settings = frontend.idp.settings();
    let offered = match kind {
        Kind::Email => email_strategy(settings.identification.email_address.verification),
        Kind::Phone => kind.strategy(),
    };
    let strategy = form.get("strategy").unwrap_or(offered);
    verifications::expect_strategy(strategy, &[offered])?;
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
    let (session, mut person) = visit.signed_in_locked().await?;
    let own = kind.own(&person, &id)?;
    if own.is_verified {
        return Err(verifications::already_verified().into());
    }
    let idp = visit.idp.clone();
    let (verification, mail) = match &redirect_url {
        Some(redirect_url) => {
            let origin = visit.meta.origin.clone();
            let link = LinkRequest {
                slug: "magic_link_user_profile",
                address: own.text,
                client_id: &session.client_id,
                origin: origin.as_deref().unwrap_or(&idp.config().home_url),
                redirect_url,
            };
            verifications::ask_link(&idp, &mut visit.tx, link).await?
        }
        None => verifications::ask(&idp, &mut visit.tx, strategy, own.text).await?,
    };
    kind.save(&idp, &mut visit.tx, &mut person, &id, verification)
        .await?;
    visit.send(mail.owned(&person.user.id, &id));
    answer(visit, kind, &person, &id).await
}

/// `POST /v1/me/email_addresses/{id}/attempt_verification` and `…/phone_numbers/…`: the code.
/// Signed in; 401 otherwise, 404 for somebody else's, 422 where somebody else proved it first. Rate
/// limited; five answers to each code.
pub async fn attempt(
    State(frontend): State<Frontend>,
    Extension(kind): Extension<Kind>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let code = form.require("code")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let asked = kind.own(&person, &id)?.verification;
    let idp = visit.idp.clone();
    let judgement = judge_code(&idp, &mut visit.tx, asked, kind.strategy(), code).await?;
    let (mut visit, verification) = visit.proven(judgement).await?;
    kind.save(&idp, &mut visit.tx, &mut person, &id, verification)
        .await?;
    answer(visit, kind, &person, &id).await
}
