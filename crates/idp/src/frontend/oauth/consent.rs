//! The user is asked, and answers.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;
use url::Url;

use super::authorize::{give, refuse};
use super::request;
use crate::domain::oauth;
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::store::oauth::{applications, consents};

/// `GET /v1/me/oauth/consent/{client_id}`: what an application would get. Whoever is signed in; 404
/// where there is no such application.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(client_id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    visit.signed_in().await?;
    let application = applications::find(&mut visit.tx, &client_id)
        .await?
        .filter(|row| row.client_id == client_id)
        .ok_or_else(|| Refusal::not_found("OAuth application"))?;
    let asked = visit.meta.query.all("scope").join(" ");
    let asked = if asked.is_empty() {
        &application.scopes
    } else {
        &asked
    };
    let scopes =
        oauth::scopes(asked).ok_or_else(|| Refusal::format("scope", "A scope is unknown."))?;
    let redirect = visit.meta.query.get("redirect_uri").map(str::to_owned);
    let redirect = redirect.or_else(|| application.redirect_uris.first().cloned());
    if !redirect
        .as_ref()
        .is_none_or(|uri| application.redirect_uris.contains(uri))
    {
        let text = "The redirect_uri is none of the application's.";
        return Err(Refusal::format("redirect_uri", text).into());
    }
    let domain = redirect
        .and_then(|uri| Url::parse(&uri).ok())
        .and_then(|url| url.host_str().map(str::to_owned));
    let scopes: Vec<_> = scopes
        .iter()
        .map(|scope| {
            json!({ "scope": scope, "description": describe(scope), "requires_consent": true })
        })
        .collect();
    let shown = json!({
        "oauth_application_name": application.name,
        "oauth_application_logo_url": application.logo_url(visit.idp.config()),
        "oauth_application_url": application.client_uri,
        "client_id": application.client_id,
        "redirect_domain": domain,
        "scopes": scopes,
    });
    visit.bare(shown).await
}

fn describe(scope: &str) -> &'static str {
    match scope {
        "email" => "View your email address",
        "offline_access" => "Keep access while you are away",
        "openid" => "Know who you are",
        "profile" => "View your profile",
        _ => "View your public metadata",
    }
}

/// `POST /v1/me/oauth/consent/{client_id}`: the answer to an application's request, which is in the
/// query. Leads back to the application, with a code where it is yes. Whoever is signed in; the
/// origin must be the application's own, so that nobody else can answer.
pub async fn post(
    State(frontend): State<Frontend>,
    Path(client_id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let fields = meta.query.clone();
    let consented = form.flag("consented");
    form.require("consented")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let request = match request::read(&mut visit.tx, &fields, &client_id).await? {
        Ok(request) => request,
        Err(wrong) => return refuse(&wrong),
    };
    if !consented {
        return refuse(&request.wrong("access_denied", "The user did not allow it."));
    }
    let (id, scopes) = (&request.application.id, &request.ask.scopes);
    consents::add(&mut visit.tx, id, &person.user.id, scopes, visit.now).await?;
    give(visit, request, &person).await
}
