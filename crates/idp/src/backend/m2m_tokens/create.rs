//! `POST /v1/m2m_tokens`

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::Value;

use super::{claims, jwt};
use crate::backend::caller::Caller;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::{Refusal, Result};
use crate::model::m2m_token::m2m_token;
use crate::store::m2m_tokens::{self as rows, M2mToken};
use crate::store::{self, machines};
use crate::{derived, ids, secrets};

/// The longest that a token lives, in seconds.
const LONGEST: i64 = 315_360_000;
/// The most that claims may hold, in bytes of JSON.
const CLAIMS_MAX: usize = 4096;

/// Makes a token of the machine that asks, for the machines that it may present its tokens to.
/// Asked for a remaining life, it answers with a token that is there already and says the same,
/// where one lives long enough. 403 where it is not a machine that asks.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Extension(caller): Extension<Caller>,
    mut form: Form,
) -> Result<(StatusCode, Json<Value>)> {
    let Caller::Machine(machine_id) = caller else {
        let text = "Only a machine makes tokens, with its own secret key.";
        return Err(Refusal::forbidden(text).into());
    };
    let idp = &backend.idp;
    let format = form.text("token_format").flatten();
    let is_jwt = match format.as_deref() {
        None | Some("opaque") => false,
        Some("jwt") => true,
        Some(_) => {
            let text = "token_format must be opaque or jwt.";
            form.refuse(Refusal::format("token_format", text));
            false
        }
    };
    let ttl = form.count("seconds_until_expiration").flatten();
    if ttl.is_some_and(|ttl| !(1..=LONGEST).contains(&ttl)) {
        let text = "A token lives 1 to 315360000 seconds.";
        form.refuse(Refusal::format("seconds_until_expiration", text));
    }
    let remaining = form.count("min_remaining_ttl_seconds").flatten();
    let claims = claims(&mut form, CLAIMS_MAX).flatten();
    form.finish()?;

    let now = store::now(idp.env());
    let mut tx = backend.begin().await?;
    let machine = machines::find_locked(&mut tx, &machine_id).await?;
    let machine = machine.ok_or_else(|| Refusal::not_found("Machine"))?;
    let scopes: Vec<String> = machines::scopes(&mut tx, std::slice::from_ref(&machine_id))
        .await?
        .into_iter()
        .map(|(_, to)| to)
        .collect();
    let after = |seconds| {
        let duration = SignedDuration::from_secs(seconds);
        now.saturating_add(duration).unwrap_or(now)
    };
    if !is_jwt && let Some(remaining) = remaining {
        let until = after(remaining.min(LONGEST));
        let alike = rows::find_alike(&mut tx, &machine_id, claims.as_ref(), &scopes, until).await?;
        // A token of another secret key of the instance cannot be shown again.
        if let Some(row) = alike
            && let token = derived::secret(idp, "mt", &row.id, 1)
            && secrets::digest(&token) == row.token_digest
        {
            tx.commit().await?;
            let shown = m2m_token(&row, Some(&token), now);
            return Ok((StatusCode::CREATED, Json(shown)));
        }
    }
    let id = ids::hex(idp.env(), "mt");
    let mut row = M2mToken {
        token_digest: String::new(),
        id,
        machine_id,
        claims,
        scopes,
        revoked: false,
        revocation_reason: None,
        expires_at: Some(after(ttl.unwrap_or(machine.default_token_ttl))),
        last_used_at: None,
        created_at: now,
        updated_at: now,
    };
    let token = if is_jwt {
        jwt::sign(idp, &row)?
    } else {
        let token = derived::secret(idp, "mt", &row.id, 1);
        row.token_digest = secrets::digest(&token);
        rows::insert(&mut tx, &row).await?;
        token
    };
    tx.commit().await?;
    let shown = m2m_token(&row, Some(&token), now);
    Ok((StatusCode::CREATED, Json(shown)))
}
