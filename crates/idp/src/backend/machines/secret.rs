//! `GET /v1/machines/{id}/secret_key`, `POST /v1/machines/{id}/secret_key/rotate`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{find_locked, secret_of};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::secrets;
use crate::store;
use crate::store::machines as rows;

/// The longest that the secret before stays good, in seconds: eight hours.
const OVERLAP_MAX: i64 = 28_800;

/// The secret of a machine. 404 where there is no such machine, 400 where the instance's own
/// secret was replaced since the machine got its: rotating makes a new one.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let machine = find_locked(&mut tx, &id).await?;
    tx.commit().await?;
    let secret = secret_of(&backend.idp, &machine);
    if secrets::digest(&secret) != machine.secret_digest {
        let text = "The secret was made under another secret key of the instance. Rotate it.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "secret_not_available", text).into());
    }
    Ok(Json(shown(&secret)))
}

/// Makes a new secret; the one before stays good for as long as the request says. 404 where there
/// is no such machine.
pub(super) async fn rotate(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let overlap = form.count("previous_token_ttl").flatten();
    match overlap {
        None => form.refuse(Refusal::missing("previous_token_ttl")),
        Some(seconds) if seconds > OVERLAP_MAX => {
            let text = format!("previous_token_ttl is {OVERLAP_MAX} at most.");
            form.refuse(Refusal::format("previous_token_ttl", &text));
        }
        Some(_) => {}
    }
    form.finish()?;
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let mut machine = find_locked(&mut tx, &id).await?;
    machine.generation += 1;
    let secret = secret_of(&backend.idp, &machine);
    let previous = std::mem::replace(&mut machine.secret_digest, secrets::digest(&secret));
    let overlap = SignedDuration::from_secs(overlap.unwrap_or(0));
    machine.previous_digest = Some(previous);
    machine.previous_until = Some(now.saturating_add(overlap).unwrap_or(now));
    rows::save(&mut tx, &mut machine, now).await?;
    tx.commit().await?;
    Ok(Json(shown(&secret)))
}

fn shown(secret: &str) -> Value {
    json!({ "object": "machine_secret_key", "secret": secret })
}
