//! The sessions of the browser: kept alive, given tokens, ended.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::json;

use super::Frontend;
use super::fields::Form;
use super::piggyback;
use super::request::Meta;
use super::visit::{Visit, user_banned};
use crate::domain::sessions::End;
use crate::error::{Error, Refusal, Result};
use crate::store::memberships::{self, Membership};
use crate::store::sessions::{self, Session};
use crate::store::users;
use crate::tokens;

/// Signs of life are written down this often at most.
const ACTIVITY: SignedDuration = SignedDuration::from_secs(60);

/// `GET /v1/client/sessions/{id}`. A session of this browser; 401 otherwise.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let session = visit.session(&id).await?;
    answer_session(visit, session).await
}

/// `POST /v1/client/sessions/{id}/touch`: a sign of life, and the change of the active
/// organization. A session of this browser; 401 otherwise, 404 for an organization that the user
/// is no member of (422 would sign the user out). Can be repeated.
pub async fn touch(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    visit.session(&id).await?;
    let mut session = sessions::find_locked(&mut visit.tx, &id)
        .await?
        .filter(|session| session.is_active(visit.now))
        .ok_or_else(Refusal::signed_out)?;
    match form.raw("active_organization_id") {
        None => {}
        Some("") => session.last_active_organization_id = None,
        Some(organization_id) => {
            let membership = membership(&mut visit, &session, organization_id).await?;
            session.last_active_organization_id = Some(membership.organization.id);
        }
    }
    session.last_active_at = visit.now;
    sessions::save(&mut visit.tx, &mut session, visit.now).await?;
    users::set_active(&mut visit.tx, &session.user_id, visit.now).await?;
    visit.known_client()?.last_active_session_id = Some(session.id.clone());
    visit.save_client().await?;
    answer_session(visit, session).await
}

/// `POST /v1/client/sessions/{id}/tokens`: a session token, for the session's organization or for
/// the one named; empty means none. Without an envelope. A session of this browser; 401
/// otherwise, 404 for an organization that the user is no member of.
pub async fn token(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let session = visit.session(&id).await?;
    let user = users::find(&mut visit.tx, &session.user_id).await?;
    if user.ok_or_else(Refusal::signed_out)?.banned {
        return Err(user_banned().into());
    }
    let membership = match form.raw("organization_id") {
        Some("") => None,
        Some(organization_id) => Some(membership(&mut visit, &session, organization_id).await?),
        None => match session.last_active_organization_id.clone() {
            Some(id) => memberships::find(&mut visit.tx, &id, &session.user_id).await?,
            None => None,
        },
    };
    let subject = tokens::Subject {
        session: &session,
        membership: membership.as_ref(),
        origin: visit.meta.origin.as_deref(),
    };
    let (idp, issuer) = (&visit.idp, &visit.idp.config().issuer);
    let jwt = tokens::session(idp.keys(), idp.env(), issuer, &subject, tokens::LIFETIME)?;
    let due = visit.now.saturating_sub(ACTIVITY).unwrap_or(visit.now);
    sessions::set_active(&mut visit.tx, &session.id, visit.now, due).await?;
    visit.bare(json!({ "object": "token", "jwt": jwt })).await
}

/// `POST /v1/client/sessions/{id}/tokens/{template}`: there are no templates, so 404.
pub async fn template_token(
    State(frontend): State<Frontend>,
    Path((id, _template)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    visit.session(&id).await?;
    Err(Refusal::not_found("JWT template").into())
}

/// `POST /v1/client/sessions/{id}/end`. A session of this browser; 401 otherwise.
pub async fn end(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    finish(&frontend, &id, meta, End::Ended).await
}

/// `POST /v1/client/sessions/{id}/remove`: signs one session out. A session of this browser; 401
/// otherwise.
pub async fn remove(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    finish(&frontend, &id, meta, End::Removed).await
}

async fn finish(frontend: &Frontend, id: &str, meta: Meta, how: End) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    let session = visit.session(id).await?;
    // The resource as it was, with its user, and the status that it has now.
    let mut values = piggyback::sessions_of(&mut visit, std::slice::from_ref(&session)).await?;
    visit.drop_sessions(&[session.id], how).await?;
    let mut value = values.pop().ok_or_else(Refusal::signed_out)?;
    value["status"] = if how == End::Ended {
        "ended"
    } else {
        "removed"
    }
    .into();
    value["last_active_token"] = serde_json::Value::Null;
    visit.answer(value).await
}

async fn answer_session(mut visit: Visit, session: Session) -> Result<Response> {
    let value = piggyback::sessions_of(&mut visit, &[session])
        .await?
        .pop()
        .ok_or_else(|| Error::Internal("a session without its user".to_owned()))?;
    visit.answer(value).await
}

async fn membership(visit: &mut Visit, session: &Session, id: &str) -> Result<Membership> {
    let membership = memberships::find(&mut visit.tx, id, &session.user_id).await?;
    Ok(membership.ok_or_else(|| Refusal::not_found("Organization"))?)
}
