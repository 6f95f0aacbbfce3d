//! `GET /v1/m2m_tokens`

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::backend::answer::Answer;
use crate::backend::caller::Caller;
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::model::m2m_token::m2m_token;
use crate::store;
use crate::store::m2m_tokens as rows;

/// A page of a machine's opaque tokens, the newest first; those taken back or past their end where
/// asked for. A machine sees its own (403 otherwise).
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Answer {
    let subject = params
        .text("subject")
        .ok_or_else(|| Refusal::missing("subject"))?;
    if !caller.is_for(&subject) {
        let text = "A machine sees its own tokens only.";
        return Err(Refusal::forbidden(text).into());
    }
    let flag = |name| params.boolean(name).map(|flag| flag.unwrap_or(false));
    let also = (flag("revoked")?, flag("expired")?);
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let (found, count) = rows::list(&mut tx, &subject, also, now, params.page()?).await?;
    tx.commit().await?;
    let shown: Vec<Value> = found.iter().map(|row| m2m_token(row, None, now)).collect();
    Ok(Json(json!({ "m2m_tokens": shown, "total_count": count })))
}
