//! Signing in with a ticket.

use axum::response::Response;

use super::complete::{self, Proof};
use super::create::{blank, not_found, register};
use super::{admitted, answer};
use crate::domain::tickets;
use crate::domain::{login_tokens, verifications};
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::store::users;

/// How long somebody acts as another where the token does not say, in seconds.
const ACTOR_SECONDS: i64 = 1800;

/// Begins an attempt with a ticket, which proves the first factor and is spent by it. 400 for a
/// ticket that opens nothing, 422 where nobody has its address yet.
pub async fn begin(frontend: &Frontend, meta: Meta, text: &str) -> Result<Response> {
    // Only what is signed has parts.
    if !text.contains('.') {
        return by_login_token(frontend, meta, text).await;
    }
    let ticket = tickets::read(&frontend.idp, text)?;
    let mut visit = Visit::write(frontend, meta).await?;
    let idp = visit.idp.clone();
    // The client and the user are locked before what the ticket names, as everywhere.
    visit.client().await?;
    let address = tickets::email_address(&mut visit.tx, &ticket).await?;
    let known = users::find_by_email(&mut visit.tx, &address).await?;
    let (user_id, _) = known.ok_or_else(not_found)?;
    let mut person = admitted(&mut visit, Some(&user_id)).await?;
    tickets::admit(&idp, &mut visit.tx, &ticket).await?;
    let mut sign_in = blank(&visit, &address, Some(&user_id));
    register(&mut visit, &mut sign_in).await?;
    sign_in.first_factor_verification =
        Some(verifications::record(&idp, &mut visit.tx, "ticket").await?);
    let redeemed = tickets::redeem(&idp, &mut visit.tx, &ticket, &person).await?;
    let proof = Proof::default().in_organization(redeemed.organization_id.as_deref());
    complete::first_factor(&mut visit, &mut sign_in, &mut person, proof).await?;
    answer(visit, &sign_in, Some(&person)).await
}

/// The same with a token that a server made for one user.
async fn by_login_token(frontend: &Frontend, meta: Meta, text: &str) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    let idp = visit.idp.clone();
    visit.client().await?;
    let (token, _) = login_tokens::redeem(&idp, &mut visit.tx, text)
        .await?
        .ok_or_else(tickets::invalid)?;
    let mut person = admitted(&mut visit, Some(&token.user_id)).await?;
    let identifier = person.identifier().to_owned();
    let mut sign_in = blank(&visit, &identifier, Some(&token.user_id));
    register(&mut visit, &mut sign_in).await?;
    sign_in.first_factor_verification =
        Some(verifications::record(&idp, &mut visit.tx, "ticket").await?);
    let proof = Proof::default()
        .without_second_factor()
        .in_organization(token.organization_id.as_deref());
    let proof = match token.actor {
        Some(actor) => proof.by_actor(actor, token.session_seconds.unwrap_or(ACTOR_SECONDS)),
        None => proof,
    };
    complete::first_factor(&mut visit, &mut sign_in, &mut person, proof).await?;
    answer(visit, &sign_in, Some(&person)).await
}
