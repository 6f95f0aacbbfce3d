//! `POST /v1/sessions/{id}/tokens`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::templates;
use crate::error::Refusal;
use crate::store;
use crate::tokens::{LIFETIME, Subject, session as sign};

/// The shortest and the longest that a token lives, in seconds: Clerk's bounds of token templates.
const LIFETIMES: std::ops::RangeInclusive<i64> = 30..=315_360_000;

/// Makes a token of a session, for the organization that is active in it. 404 where there is no
/// such session or it is over.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let lifetime = lifetime(&mut form).unwrap_or(LIFETIME);
    form.finish()?;

    let mut tx = backend.begin().await?;
    let session = store::sessions::find(&mut tx, &id).await?;
    let session = session
        .filter(|session| session.is_active(idp.env().now()))
        .ok_or_else(|| Refusal::not_found("Session"))?;
    let membership = match &session.last_active_organization_id {
        Some(id) => store::memberships::find(&mut tx, id, &session.user_id).await?,
        None => None,
    };
    let claims = templates::of_session(idp, &mut tx, &session, membership.as_ref()).await?;
    tx.commit().await?;
    let subject = Subject {
        claims,
        session: &session,
        membership: membership.as_ref(),
        origin: None,
    };
    let jwt = sign(
        idp.keys(),
        idp.env(),
        &idp.config().issuer,
        &subject,
        lifetime,
    )?;
    Ok(Json(json!({ "object": "token", "jwt": jwt })))
}

/// The lifetime that a request asks for, within its bounds.
pub(super) fn lifetime(form: &mut Form) -> Option<i64> {
    let lifetime = form.count("expires_in_seconds").flatten();
    if lifetime.is_some_and(|seconds| !LIFETIMES.contains(&seconds)) {
        let text = "A token lives 30 to 315360000 seconds.";
        form.refuse(Refusal::format("expires_in_seconds", text));
    }
    lifetime
}
