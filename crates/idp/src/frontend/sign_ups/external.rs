//! Signing up by another provider: the beginning, and what a sign-in has brought already.

use axum::response::Response;
use serde_json::Value;

use super::{SignUp, answer, find_open, input, move_on, register, ticket};
use crate::domain::tickets::Ticket;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::fields::Fields;
use crate::frontend::request::Meta;
use crate::frontend::social::{self, Departure};
use crate::frontend::visit::Visit;

/// What of a form is not about the person.
const OURS: [&str; 3] = ["strategy", "ticket", "transfer"];

/// Begins an attempt of whomever the provider will name, with the ticket of an invitation where
/// there is one.
pub async fn begin(
    frontend: &Frontend,
    meta: Meta,
    form: &Fields,
    strategy: &str,
    ticket: Option<Ticket>,
) -> Result<Response> {
    let departure = Departure::read_attempt(&frontend.idp, form, strategy).await?;
    let input = input::read(&frontend.idp, &form.without(&OURS)).await?;
    let mut visit = Visit::write(frontend, meta).await?;
    let mut sign_up = register(&mut visit, input).await?;
    if let Some(ticket) = ticket {
        ticket::present(&mut visit, &mut sign_up, &ticket).await?;
    }
    departure
        .leave(&mut visit, "sign_up", &sign_up.id, None)
        .await?;
    answer(visit, &sign_up).await
}

/// Goes on by a provider with an attempt that is under way.
pub async fn prepare(
    frontend: &Frontend,
    id: &str,
    meta: Meta,
    form: &Fields,
    strategy: &str,
) -> Result<Response> {
    let departure = Departure::read_attempt(&frontend.idp, form, strategy).await?;
    let mut visit = Visit::write(frontend, meta).await?;
    let sign_up = find_open(&mut visit, id).await?;
    departure
        .leave(&mut visit, "sign_up", &sign_up.id, None)
        .await?;
    answer(visit, &sign_up).await
}

/// Begins an attempt with what a provider said in the browser's attempt to sign in. 422 where it
/// said nothing.
pub async fn transfer(frontend: &Frontend, meta: Meta, form: &Fields) -> Result<Response> {
    let input = input::read(&frontend.idp, &form.without(&OURS)).await?;
    let mut visit = Visit::write(frontend, meta).await?;
    let sign_in_id = visit.known_client()?.sign_in_id.clone();
    let transfer = social::take_transfer(&mut visit, sign_in_id.as_deref()).await?;
    let mut sign_up = register(&mut visit, input).await?;
    let identity = &transfer.proof.identity;
    social::absorb_into_sign_up(
        &mut visit,
        &mut sign_up,
        transfer.flow,
        &transfer.provider,
        identity,
    )
    .await?;
    move_on(&mut visit, &mut sign_up).await?;
    answer(visit, &sign_up).await
}

/// Shows the way to a provider among the attempt's verifications.
pub async fn show(visit: &mut Visit, sign_up: &SignUp, value: &mut Value) -> Result<()> {
    if let Some(flow) = social::flow(visit, &sign_up.id).await? {
        value["verifications"]["external_account"] = social::show(visit, &flow);
    }
    Ok(())
}
