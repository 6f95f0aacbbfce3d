//! Links in mails.
//!
//! A link counts in the browser that asked for it. Another browser is sent on with the news that
//! it is the wrong one; or, where the settings allow it, shows a page on which a person confirms.
//! Reading a link, as scanners of mail do, proves nothing.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use url::Url;

use super::Frontend;
use super::request::Meta;
use super::sign_ins::{self, complete};
use super::sign_ups;
use super::visit::Visit;
use crate::domain::{emails, people, verifications};
use crate::error::{Error, Refusal, Result};
use crate::mail::escape;
use crate::store::verifications::{Standing, Verification};
use crate::store::{emails as email_rows, sign_ins as sign_in_rows, sign_ups as sign_up_rows};

/// `GET /v1/verify`: follows a link. Public, rate limited; 400 for a token that we never sent,
/// else the browser is sent to the page that asked, with `__clerk_status` in its query.
pub async fn follow(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    proceed(&frontend, meta, false).await
}

/// `POST /v1/verify`: confirms a link of another browser, on the page that [`follow`] shows.
pub async fn confirm(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    proceed(&frontend, meta, true).await
}

async fn proceed(frontend: &Frontend, meta: Meta, is_confirmed: bool) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let token = meta.query.require("token")?.to_owned();
    let mut visit = Visit::write(frontend, meta).await?;
    let idp = visit.idp.clone();
    let found = verifications::find_link(&idp, &mut visit.tx, &token).await?;
    let Some(mut verification) = found else {
        let text = "This link is not valid. Please ask for a new one.";
        let code = "verification_missing";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    };
    match verification.standing(visit.now) {
        Standing::Unverified => {}
        Standing::Expired => return leave(visit, &verification, "expired", None).await,
        // A link is for one time.
        Standing::Verified | Standing::Failed => {
            return leave(visit, &verification, "failed", None).await;
        }
    }
    let own_id = visit.client.as_ref().map(|client| client.id.clone());
    let is_same = own_id.is_some() && own_id == verification.client_id;
    if !is_same {
        if idp
            .settings()
            .identification
            .email_address
            .link_requires_same_client
        {
            return leave(visit, &verification, "client_mismatch", None).await;
        }
        if !is_confirmed {
            return Ok(page(&idp.config().application_name, &token));
        }
    }
    verification.verified_at_client = own_id;
    let done = apply(&mut visit, &mut verification, is_same).await;
    match done {
        Ok(session_id) => leave(visit, &verification, "verified", session_id.as_deref()).await,
        Err(Error::Refused(refusal)) => {
            tracing::debug!(refusal = ?refusal.errors, "a link came to nothing");
            // What was begun is undone; the browser is told all the same.
            let meta = visit.meta.clone();
            drop(visit);
            let visit = Visit::read(frontend, meta).await?;
            leave(visit, &verification, "failed", None).await
        }
        Err(error) => Err(error),
    }
}

/// Does what the link is for; the session that came of it. Of what another browser began, only
/// the proof is noted: that browser goes on with it.
async fn apply(
    visit: &mut Visit,
    verification: &mut Verification,
    is_same: bool,
) -> Result<Option<String>> {
    let (idp, now) = (visit.idp.clone(), visit.now);
    crate::store::verifications::follow(&mut visit.tx, verification, now).await?;
    let id = verification.id.clone();
    if let Some(mut sign_in) = sign_in_rows::find_by_verification(&mut visit.tx, &id).await? {
        if sign_in.status != "needs_first_factor" || sign_in.abandon_at <= now {
            return Err(over().into());
        }
        let mut person = sign_ins::admitted(visit, sign_in.user_id.as_deref()).await?;
        if is_same {
            let proof = complete::Proof::default();
            complete::first_factor(visit, &mut sign_in, &mut person, proof).await?;
        }
        return Ok(sign_in.created_session_id);
    }
    if let Some(mut sign_up) = sign_up_rows::find_by_verification(&mut visit.tx, &id).await? {
        if sign_up.status != "missing_requirements" || sign_up.abandon_at <= now {
            return Err(over().into());
        }
        if is_same {
            sign_ups::move_on(visit, &mut sign_up).await?;
        }
        return Ok(sign_up.created_session_id);
    }
    let found = email_rows::find_by_verification(&mut visit.tx, &id).await?;
    let (user_id, email_id) = found.ok_or_else(over)?;
    let mut person = people::get_locked(&mut visit.tx, &user_id).await?;
    emails::save(
        &idp,
        &mut visit.tx,
        &mut person,
        &email_id,
        verification.clone(),
    )
    .await?;
    Ok(None)
}

fn over() -> Refusal {
    let text = "What this link was for is over.";
    Refusal::new(StatusCode::BAD_REQUEST, "verification_missing", text)
}

/// Sends the browser to the page that asked.
async fn leave(
    visit: Visit,
    verification: &Verification,
    status: &str,
    session_id: Option<&str>,
) -> Result<Response> {
    let stored = verification.redirect_url.as_deref().unwrap_or_default();
    let url = Url::parse(stored)
        .map_err(|error| Error::Internal(format!("a stored redirect URL: {error}")))?;
    // Before the fragment: there the pages of the components have their own path.
    let mut url = url;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("__clerk_status", status);
        query.append_pair("__clerk_created_session", session_id.unwrap_or_default());
    }
    visit.lead(url.as_str()).await
}

/// Asks a person: whoever began this may be somebody else.
fn page(application: &str, token: &str) -> Response {
    let (name, token) = (escape(application), escape(token));
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{name}</title>
<style>body{{margin:0;font-family:system-ui,sans-serif;background:#f4f4f5;color:#18181b;display:grid;place-items:center;min-height:100vh}}main{{max-width:26rem;padding:2rem;background:#fff;border:1px solid #e4e4e7;border-radius:12px}}button{{font:inherit;font-weight:600;padding:.7rem 1.2rem;border:0;border-radius:8px;background:#18181b;color:#fff}}</style></head>
<body><main><h1>Confirm on another device</h1>
<p>Somebody asked for this link in another browser. If that was you, confirm, and go on there.</p>
<p><strong>If it was not you, close this page.</strong> Confirming would let them in.</p>
<form method="post" action="?token={token}"><button type="submit">Confirm</button></form>
</main></body>
</html>
"#
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                  frame-ancestors 'none'; base-uri 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (headers, html).into_response()
}
