//! The handshake: a server that cannot tell who is signed in sends the browser here, and the
//! browser comes back with what the server needs. For servers that read cookies.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::request::Meta;
use super::sessions::organization_id;
use super::visit::Visit;
use super::{Frontend, piggyback, redirects};
use crate::error::{Error, Result};
use crate::store::sessions::{self, Session};
use crate::tokens;

/// `GET /v1/client/handshake?redirect_url=…`: back to the application (307), with a signed list of
/// the cookies that the server is to set. Public; 422 for an address outside the application.
pub async fn handshake(
    State(frontend): State<Frontend>,
    meta: Meta,
    headers: HeaderMap,
) -> Result<Response> {
    // A comma in an address makes several values of it: they belong together.
    let target = meta.query.all("redirect_url").join(",");
    let target = redirects::read(frontend.idp.config(), &target, "redirect_url")?;
    let wanted = meta.query.raw("organization_id").map(str::to_owned);
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut session = current(&mut visit).await?;
    if let (Some(session), Some(wanted)) = (&mut session, wanted)
        && is_ours(&headers)
    {
        choose(&mut visit, session, &wanted).await?;
    }
    let token = match &session {
        Some(session) => {
            let shown = piggyback::sessions_of(&mut visit, std::slice::from_ref(session)).await?;
            shown
                .first()
                .and_then(|session| session["last_active_token"]["jwt"].as_str())
                .map(str::to_owned)
        }
        None => None,
    };
    let uat = match (&session, &visit.client) {
        (Some(_), Some(client)) => client.updated_at.as_second(),
        _ => 0,
    };
    let refresh = session
        .as_ref()
        .map(|session| tokens::refresh_token(&visit.idp, &session.id));
    visit.commit().await?;

    let cookies = &frontend.cookies;
    let directives = cookies.handshake(token.as_deref(), uat, refresh.as_deref());
    let claims = json!({ "handshake": directives });
    let payload = frontend
        .idp
        .keys()
        .sign(tokens::IGNORED_CATEGORY, &claims)?;
    let mut response = to(target.as_str())?;
    cookies.set_handshake(response.headers_mut(), &payload)?;
    Ok(response)
}

/// `GET /v1/client/touch?redirect_url=…`: makes the client cookie last, and leads back (307).
/// Public; 422 for an address outside the application.
pub async fn touch(
    State(frontend): State<Frontend>,
    meta: Meta,
    headers: HeaderMap,
) -> Result<Response> {
    let target = meta.query.all("redirect_url").join(",");
    let target = redirects::read(frontend.idp.config(), &target, "redirect_url")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let is_known = visit.client.is_some();
    if is_known {
        visit.prolong().await?;
    }
    visit.commit().await?;
    let mut response = to(target.as_str())?;
    if let Some(secret) = frontend
        .cookies
        .client_secret(&headers)
        .filter(|_| is_known)
    {
        frontend
            .cookies
            .set_client(response.headers_mut(), &secret)?;
    }
    Ok(response)
}

fn to(target: &str) -> Result<Response> {
    let location = HeaderValue::from_str(target)
        .map_err(|error| Error::Internal(format!("a redirect: {error}")))?;
    let status = StatusCode::TEMPORARY_REDIRECT;
    Ok((status, [(header::LOCATION, location)]).into_response())
}

/// The session that the browser shows: the last active one, else any.
async fn current(visit: &mut Visit) -> Result<Option<Session>> {
    let Some(client) = visit.client.clone() else {
        return Ok(None);
    };
    let live = sessions::list_live_by_client(&mut visit.tx, &client.id, visit.now).await?;
    let last = client.last_active_session_id.as_deref();
    let found = live
        .iter()
        .find(|session| Some(session.id.as_str()) == last);
    Ok(found.or(live.first()).cloned())
}

/// Whether the way here began at the application: a link elsewhere must not change anything.
fn is_ours(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_none_or(|site| site == "same-origin" || site == "same-site" || site == "none")
}

/// Makes an organization of the user's the active one, by id or slug; none for an empty text.
/// One that the user is no member of changes nothing.
async fn choose(visit: &mut Visit, session: &mut Session, wanted: &str) -> Result<()> {
    let id = if wanted.is_empty() {
        None
    } else {
        let id = organization_id(&mut visit.tx, wanted).await?;
        let Some(id) = id else { return Ok(()) };
        let user_id = &session.user_id;
        let own = crate::store::memberships::find(&mut visit.tx, &id, user_id).await?;
        if own.is_none() {
            return Ok(());
        }
        Some(id)
    };
    if id.is_none()
        && visit
            .idp
            .settings()
            .organizations
            .force_organization_selection
    {
        return Ok(());
    }
    if session.last_active_organization_id != id {
        let locked = sessions::find_locked(&mut visit.tx, &session.id).await?;
        if let Some(mut locked) = locked.filter(|locked| locked.is_live(visit.now)) {
            locked.last_active_organization_id = id;
            sessions::save(&mut visit.tx, &mut locked, visit.now).await?;
            *session = locked;
        }
    }
    Ok(())
}
