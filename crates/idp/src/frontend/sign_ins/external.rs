//! Signing in by another provider: the beginning, and what a sign-up has brought already.

use axum::response::Response;
use http::StatusCode;
use serde_json::Value;

use super::create::{nameless, register};
use super::{answer, find};
use crate::domain::people;
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Fields;
use crate::frontend::request::Meta;
use crate::frontend::social::{self, Departure};
use crate::frontend::visit::Visit;
use crate::store::sign_ins::SignIn;

/// Begins an attempt of whomever the provider will name.
pub async fn begin(
    frontend: &Frontend,
    meta: Meta,
    form: &Fields,
    strategy: &str,
) -> Result<Response> {
    let departure = Departure::read_attempt(&frontend.idp, form, strategy).await?;
    let mut visit = Visit::write(frontend, meta).await?;
    let mut sign_in = nameless(&visit);
    register(&mut visit, &mut sign_in).await?;
    departure
        .leave(&mut visit, "sign_in", &sign_in.id, None)
        .await?;
    answer(visit, &sign_in, None).await
}

/// Goes on by a provider with an attempt that waits for a first factor.
pub async fn prepare(
    frontend: &Frontend,
    id: &str,
    meta: Meta,
    form: &Fields,
    strategy: &str,
) -> Result<Response> {
    let departure = Departure::read_attempt(&frontend.idp, form, strategy).await?;
    let mut visit = Visit::write(frontend, meta).await?;
    let sign_in = find(&mut visit, id).await?;
    let is_open = matches!(
        sign_in.status.as_str(),
        "needs_identifier" | "needs_first_factor"
    );
    if !is_open || sign_in.abandon_at <= visit.now {
        let text = "This sign in attempt does not allow this step. Please start again.";
        let code = "sign_in_cannot_be_updated";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    }
    departure
        .leave(&mut visit, "sign_in", &sign_in.id, None)
        .await?;
    let person = match &sign_in.user_id {
        Some(user_id) => people::find(&mut visit.tx, user_id).await?,
        None => None,
    };
    answer(visit, &sign_in, person.as_ref()).await
}

/// Begins an attempt with what a provider said in the browser's attempt to sign up. 422 where it
/// said nothing.
pub async fn transfer(frontend: &Frontend, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    let sign_up_id = visit.known_client()?.sign_up_id.clone();
    let mut transfer = social::take_transfer(&mut visit, sign_up_id.as_deref()).await?;
    let mut sign_in = nameless(&visit);
    register(&mut visit, &mut sign_in).await?;
    "sign_in".clone_into(&mut transfer.flow.purpose);
    transfer.flow.target_id.clone_from(&sign_in.id);
    social::resume_sign_in(
        &mut visit,
        &mut sign_in,
        transfer.flow,
        &transfer.provider,
        &transfer.proof,
    )
    .await?;
    let person = match &sign_in.user_id {
        Some(user_id) => people::find(&mut visit.tx, user_id).await?,
        None => None,
    };
    answer(visit, &sign_in, person.as_ref()).await
}

/// Shows the way to a provider as the first factor, where it is what the attempt waits for.
pub async fn show(visit: &mut Visit, sign_in: &SignIn, value: &mut Value) -> Result<()> {
    if !matches!(
        sign_in.status.as_str(),
        "needs_identifier" | "needs_first_factor"
    ) {
        return Ok(());
    }
    let later = sign_in
        .first_factor_verification
        .as_ref()
        .map(|verification| verification.created_at);
    if let Some(flow) = social::flow(visit, &sign_in.id).await?
        && later.is_none_or(|later| later <= flow.created_at)
    {
        value["first_factor_verification"] = social::show(visit, &flow);
    }
    Ok(())
}
