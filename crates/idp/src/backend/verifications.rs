//! Codes that a server asks for, for a flow of its own: the same for addresses and numbers. The
//! verification is none of the identification's own: what is verified stays verified.

use axum::Json;
use bailiwick_pg::Tx;
use serde_json::{Value, json};

use super::answer::Answer;
use super::state::Backend;
use crate::domain::verifications::{self, Judgement};
use crate::error::Refusal;
use crate::model;
use crate::store::verifications::Verification;
use crate::store::{self, verifications as rows};

/// Judges an answer to a code that was sent to `receiver`; five to each. 404 for a verification of
/// anything else, 422 for a wrong code, which counts.
pub(super) async fn judge(
    backend: &Backend,
    mut tx: Tx,
    receiver: &str,
    verification_id: &str,
    code: &str,
) -> Answer {
    if rows::receiver(&mut tx, verification_id).await?.as_deref() != Some(receiver) {
        return Err(Refusal::not_found("Verification").into());
    }
    match verifications::judge(&backend.idp, &mut tx, verification_id, code).await? {
        Judgement::Right(verification) => {
            tx.commit().await?;
            Ok(Json(resource(backend, &verification)))
        }
        Judgement::Wrong(refusal) => {
            tx.commit().await?;
            Err(refusal.into())
        }
        Judgement::Closed(refusal) => Err(refusal.into()),
    }
}

/// A verification, as servers see it.
pub(super) fn resource(backend: &Backend, verification: &Verification) -> Value {
    let now = store::now(backend.idp.env());
    json!({
        "object": "verification",
        "id": verification.id,
        "status": verification.standing(now).as_str(),
        "strategy": verification.strategy,
        "attempts": verification.attempts,
        "expire_at": model::ms_opt(verification.expire_at),
        "channel": null,
    })
}
