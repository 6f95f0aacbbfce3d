//! The sessions of the browser: kept alive, given tokens, ended.

use axum::extract::{Path, State};
use axum::response::Response;
use bailiwick_pg::Tx;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Frontend;
use super::fields::Form;
use super::piggyback;
use super::request::Meta;
use super::visit::{Visit, not_of_this_browser, user_banned};
use crate::domain::sessions::{End, prolong};
use crate::domain::{people, tasks, templates};
use crate::error::{Refusal, Result};
use crate::store::memberships::{self, Membership};
use crate::store::sessions::{self, Session};
use crate::store::{organizations, users};
use crate::tokens;

/// Signs of life are written down this often at most.
const ACTIVITY: SignedDuration = SignedDuration::from_secs(60);

/// `GET /v1/client/sessions/{id}`. A session of this browser; 401 otherwise.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let (mut visit, rows) = Visit::glance(&frontend, meta).await?;
    visit.known_client()?;
    if !rows.iter().any(|session| session.id == id) {
        return Err(not_of_this_browser().into());
    }
    visit.answer_session_of(&id, rows).await
}

/// `POST /v1/client/sessions/{id}/touch`: a sign of life, and the change of the active
/// organization. A session of this browser; 401 otherwise, 404 for an organization that the user
/// is no member of (422 would sign the user out). Can be repeated; where it brings nothing new,
/// nothing is locked or written.
pub async fn touch(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let (mut visit, mut rows) = Visit::glance(&frontend, meta).await?;
    visit.known_client()?;
    let session = rows.iter_mut().find(|session| session.id == id);
    let session = session.ok_or_else(not_of_this_browser)?;
    let idp = visit.idp.clone();
    if !is_news(&visit, session, form.raw("active_organization_id")) {
        prolong(&idp, &mut visit.tx, session).await?;
        return visit.answer_session_of(&id, rows).await;
    }
    visit.lock().await?;
    visit.session(&id).await?;
    let mut session = sessions::find_locked(&mut visit.tx, &id)
        .await?
        .filter(|session| session.is_live(visit.now))
        .ok_or_else(Refusal::signed_out)?;
    let settings = visit.idp.settings();
    let is_forced = settings.organizations.force_organization_selection;
    match form.raw("active_organization_id") {
        None => {}
        Some("") if is_forced => {}
        Some("") => session.last_active_organization_id = None,
        Some(organization_id) => {
            let membership = membership(&mut visit, &session, organization_id).await?;
            session.last_active_organization_id = Some(membership.organization.id);
        }
    }
    session.last_active_at = visit.now;
    sessions::save(&mut visit.tx, &mut session, visit.now).await?;
    prolong(&idp, &mut visit.tx, &mut session).await?;
    if is_forced || settings.factors.required || session.status == "pending" {
        let person = people::find(&mut visit.tx, &session.user_id).await?;
        let person = person.ok_or_else(Refusal::signed_out)?;
        tasks::settle(&idp, &mut visit.tx, &mut session, &person).await?;
    }
    users::set_active(&mut visit.tx, &session.user_id, visit.now).await?;
    visit.known_client()?.last_active_session_id = Some(session.id.clone());
    visit.save_client().await?;
    visit.answer_session(&session.id).await
}

/// Whether a sign of life says what is not written down yet.
fn is_news(visit: &Visit, session: &Session, organization_id: Option<&str>) -> bool {
    let settings = visit.idp.settings();
    let is_forced = settings.organizations.force_organization_selection;
    let is_same_organization = match organization_id {
        None => true,
        Some("") => session.last_active_organization_id.is_none(),
        id => session.last_active_organization_id.as_deref() == id,
    };
    let client = visit.client.as_ref();
    let last = client.and_then(|client| client.last_active_session_id.as_ref());
    let may_have_tasks = is_forced || settings.factors.required || session.status == "pending";
    may_have_tasks
        || !is_same_organization
        || last != Some(&session.id)
        || session.last_active_at < due(visit.now)
}

/// A sign of life from before is worth another note.
fn due(now: Timestamp) -> Timestamp {
    now.saturating_sub(ACTIVITY).unwrap_or(now)
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
    let mut session = visit.session(&id).await?;
    let user = users::find(&mut visit.tx, &session.user_id).await?;
    if user.ok_or_else(Refusal::signed_out)?.banned {
        return Err(user_banned().into());
    }
    let is_forced = visit
        .idp
        .settings()
        .organizations
        .force_organization_selection;
    let membership = match form.raw("organization_id") {
        Some("") if !is_forced => None,
        Some(organization_id) if !organization_id.is_empty() => {
            Some(membership(&mut visit, &session, organization_id).await?)
        }
        _ => templates::active(&mut visit.tx, &session).await?,
    };
    let idp = visit.idp.clone();
    let own = membership.as_ref();
    let claims = templates::of_session(&idp, &mut visit.tx, &session, own).await?;
    let subject = tokens::Subject {
        claims,
        session: &session,
        membership: membership.as_ref(),
        origin: visit.meta.origin.as_deref(),
    };
    let issuer = &idp.config().issuer;
    let jwt = tokens::session(idp.keys(), idp.env(), issuer, &subject, tokens::LIFETIME)?;
    let due = due(visit.now);
    if session.last_active_at < due {
        sessions::set_active(&mut visit.tx, &session.id, visit.now, due).await?;
    }
    prolong(&idp, &mut visit.tx, &mut session).await?;
    visit.bare(json!({ "object": "token", "jwt": jwt })).await
}

/// `POST /v1/client/sessions/{id}/tokens/{template}`: a token for another service. Without an
/// envelope. A session of this browser that counts; 401 otherwise, 404 where there is no such
/// template.
pub async fn template_token(
    State(frontend): State<Frontend>,
    Path((id, template)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let session = visit.session(&id).await?;
    let user = users::find(&mut visit.tx, &session.user_id).await?;
    if user.ok_or_else(Refusal::signed_out)?.banned {
        return Err(user_banned().into());
    }
    if !session.is_active(visit.now) {
        // Nothing in such a token would tell that the session does not count yet.
        return Err(Refusal::signed_out().into());
    }
    let (idp, origin) = (visit.idp.clone(), visit.meta.origin.clone());
    let (tx, origin) = (&mut visit.tx, origin.as_deref());
    let jwt = templates::mint(&idp, tx, &template, &session, origin, None).await?;
    visit.bare(json!({ "object": "token", "jwt": jwt })).await
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

/// The user's membership in the organization of that id or slug; 404 where there is none.
async fn membership(visit: &mut Visit, session: &Session, id: &str) -> Result<Membership> {
    let not_found = || Refusal::not_found("Organization");
    let id = organization_id(&mut visit.tx, id).await?;
    let id = id.ok_or_else(not_found)?;
    let membership = memberships::find(&mut visit.tx, &id, &session.user_id).await?;
    Ok(membership.ok_or_else(not_found)?)
}

/// The id that an id or a slug names. Ids have an underscore, slugs have none.
pub(super) async fn organization_id(tx: &mut Tx, id_or_slug: &str) -> Result<Option<String>> {
    if id_or_slug.starts_with("org_") {
        return Ok(Some(id_or_slug.to_owned()));
    }
    organizations::find_by_slug(tx, id_or_slug).await
}
