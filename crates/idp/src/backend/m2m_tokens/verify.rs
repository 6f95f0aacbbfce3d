//! `POST /v1/m2m_tokens/verify`

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use jiff::SignedDuration;

use super::{jwt, not_found};
use crate::backend::answer::Answer;
use crate::backend::caller::Caller;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::model::m2m_token::m2m_token;
use crate::secrets;
use crate::store;
use crate::store::m2m_tokens as rows;

/// How often a use is noted.
const NOTE_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// The longest token that is looked at.
const LONGEST: usize = 16 * 1024;

/// What a token says. 404 for one that is not of this instance, was taken back or is too old, and
/// for one that may not be presented to the machine that asks.
pub(super) async fn verify(
    State(backend): State<Arc<Backend>>,
    Extension(caller): Extension<Caller>,
    mut form: Form,
) -> Answer {
    // Some clients send it under the name that other tokens have.
    let token = match form.has("secret") {
        true => form.required("secret"),
        false => form.required("token"),
    };
    if token.len() > LONGEST {
        form.refuse(Refusal::format("token", "The token is too long."));
    }
    form.finish()?;
    let now = store::now(backend.idp.env());
    let is_opaque = token.starts_with("mt_");
    let mut tx = backend.begin().await?;
    let found = if is_opaque {
        rows::find_by_digest(&mut tx, &secrets::digest(&token)).await?
    } else {
        jwt::read(&backend.idp, &token, now)
    };
    let row = found
        .filter(|row| !row.revoked && !row.is_expired(now))
        .filter(|row| caller.may_see(&row.machine_id, &row.scopes))
        .ok_or_else(not_found)?;
    if is_opaque {
        let due = now.saturating_sub(NOTE_EVERY).unwrap_or(now);
        rows::set_used(&mut tx, &row.id, now, due).await?;
    }
    tx.commit().await?;
    Ok(Json(m2m_token(&row, None, now)))
}
