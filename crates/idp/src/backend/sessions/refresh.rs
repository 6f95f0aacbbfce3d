//! `POST /v1/sessions/{id}/refresh`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::json;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::templates;
use crate::error::Refusal;
use crate::frontend::cookies::Cookies;
use crate::store::{self, users};
use crate::{keys, tokens};

/// A new session token for an expired one, for servers that read cookies: bare, or as the cookies
/// to set. 401 for anything that is wrong, from which SDKs go on to the handshake.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let expired = form.required("expired_token");
    let refresh = form.required("refresh_token");
    let origin = form.required("request_origin");
    let format = form.name("format").flatten();
    form.ignore(&["request_headers", "request_originating_ip"]);
    if !matches!(format.as_deref(), None | Some("token" | "cookie")) {
        let text = "format must be token or cookie.";
        form.refuse(Refusal::format("format", text));
    }
    form.finish()?;

    let claims = keys::verify(&idp.keys().set(), tokens::SESSION_CATEGORY, &expired);
    if claims.is_none_or(|claims| claims["sid"] != id.as_str()) {
        return Err(refused("expired_session_token_invalid"));
    }
    if !tokens::is_refresh_token(idp, &id, &refresh) {
        return Err(refused("refresh_token_invalid"));
    }
    if !idp.config().allowed_origins.contains(&origin) {
        return Err(refused("request_origin_invalid"));
    }
    let mut tx = backend.begin().await?;
    let session = store::sessions::find(&mut tx, &id).await?;
    let session = session.filter(|session| session.is_live(idp.env().now()));
    let session = session.ok_or_else(|| refused("session_not_active"))?;
    let user = users::find(&mut tx, &session.user_id).await?;
    if user.is_none_or(|user| user.banned) {
        return Err(refused("session_not_active"));
    }
    let membership = templates::active(&mut tx, &session).await?;
    let claims = templates::of_session(idp, &mut tx, &session, membership.as_ref()).await?;
    tx.commit().await?;
    let subject = tokens::Subject {
        claims,
        session: &session,
        membership: membership.as_ref(),
        origin: Some(&origin),
    };
    let jwt = tokens::session(
        idp.keys(),
        idp.env(),
        &idp.config().issuer,
        &subject,
        tokens::LIFETIME,
    )?;
    if format.as_deref() != Some("cookie") {
        return Ok(Json(json!({ "object": "token", "jwt": jwt })));
    }
    let config = idp.config();
    let instance = idp.keys().instance_id();
    let cookies = Cookies::new(instance, &config.publishable_key, config.is_secure());
    let cookies = cookies.session(Some(&jwt));
    Ok(Json(json!({ "object": "cookies", "cookies": cookies })))
}

fn refused(code: &str) -> crate::Error {
    let text = "The session cannot be refreshed.";
    Refusal::new(StatusCode::UNAUTHORIZED, code, text).into()
}
