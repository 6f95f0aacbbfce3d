//! How an attempt stands: what a page asks that waits for a link to be followed.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{admitted, answer, complete, find};
use crate::domain::people;
use crate::domain::verifications::EMAIL_LINK;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::store::sign_ins::SignIn;

/// `GET /v1/client/sign_ins/{id}`. An attempt of this browser; 404 otherwise. One whose link was
/// followed in another browser goes on here: the session is this browser's.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta.clone()).await?;
    let sign_in = find(&mut visit, &id).await?;
    if is_followed(&sign_in) && sign_in.abandon_at > visit.now {
        drop(visit);
        return go_on(&frontend, &id, meta).await;
    }
    let person = match &sign_in.user_id {
        Some(user_id) => people::find(&mut visit.tx, user_id).await?,
        None => None,
    };
    answer(visit, &sign_in, person.as_ref()).await
}

async fn go_on(frontend: &Frontend, id: &str, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    let mut sign_in = find(&mut visit, id).await?;
    let mut person = admitted(&mut visit, sign_in.user_id.as_deref()).await?;
    // Another tab of this browser may have been faster.
    if is_followed(&sign_in) {
        let proof = complete::Proof::default();
        complete::first_factor(&mut visit, &mut sign_in, &mut person, proof).await?;
    }
    answer(visit, &sign_in, Some(&person)).await
}

fn is_followed(sign_in: &SignIn) -> bool {
    let proof = sign_in.first_factor_verification.as_ref();
    sign_in.status == "needs_first_factor"
        && proof.is_some_and(|row| row.strategy == EMAIL_LINK && row.verified_at.is_some())
}
