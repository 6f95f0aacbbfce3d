//! A browser comes with an application's request.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderValue, header};
use url::Url;

use super::refusal::fresh;
use super::request::{self, Request, Wrong, answer};
use crate::domain::oauth::{applications::endpoint, grants};
use crate::error::{Error, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::{Fields, Form};
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model::user::Person;
use crate::store::oauth::consents;

/// `GET /oauth/authorize`: leads back to the application with a code, where its user is signed in
/// and has allowed it; else to the page that signs in, or a page that asks. Public, rate limited.
/// 400 where the application or its address is unknown.
pub async fn get(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let fields = meta.query.clone();
    authorize(&frontend, meta, &fields).await
}

/// `POST /oauth/authorize`: the same with a form.
pub async fn post(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    authorize(&frontend, meta, &form).await
}

async fn authorize(frontend: &Frontend, meta: Meta, fields: &Fields) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let client_id = fields.require("client_id")?;
    let mut visit = Visit::write(frontend, meta).await?;
    let request = match request::read(&mut visit.tx, fields, client_id).await? {
        Ok(request) => request,
        Err(wrong) => return refuse(&wrong),
    };
    let person = match visit.signed_in().await {
        Ok((_, person)) => person,
        Err(Error::Refused(_)) if request.prompt == "none" => {
            return refuse(&request.wrong("login_required", "Nobody is signed in."));
        }
        Err(Error::Refused(_)) => return sign_in(&visit, fields),
        Err(error) => return Err(error),
    };
    let user_id = &person.user.id;
    let given = consents::find(&mut visit.tx, &request.application.id, user_id).await?;
    let has_given = request.ask.scopes.iter().all(|scope| given.contains(scope));
    let must_ask = request.application.consent_screen_enabled && !has_given;
    if must_ask || request.prompt == "consent" {
        if request.prompt == "none" {
            return refuse(&request.wrong("consent_required", "The user was not asked."));
        }
        return ask(&visit, &request, &person, fields);
    }
    give(visit, request, &person).await
}

/// Leads back to the application with a code.
pub async fn give(mut visit: Visit, request: Request, person: &Person) -> Result<Response> {
    let idp = visit.idp.clone();
    let Request {
        application,
        ask,
        state,
        ..
    } = request;
    let redirect_uri = ask.redirect_uri.clone();
    let code = grants::code(&idp, &mut visit.tx, &application, &person.user.id, ask).await?;
    visit.commit().await?;
    // The issuer tells an application with several servers which one answered (RFC 9207).
    let pairs = [
        ("code", code.as_str()),
        ("iss", idp.config().issuer.as_str()),
    ];
    lead(&answer(&redirect_uri, state.as_deref(), &pairs)?)
}

/// Leads back to the application with what is wrong.
pub fn refuse(wrong: &Wrong) -> Result<Response> {
    let pairs = [("error", wrong.error), ("error_description", wrong.text)];
    lead(&answer(
        &wrong.redirect_uri,
        wrong.state.as_deref(),
        &pairs,
    )?)
}

fn lead(url: &Url) -> Result<Response> {
    // A form's answer is fetched anew, and the code is in no referrer.
    let mut response = Redirect::to(url.as_str()).into_response();
    let none = HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(header::REFERRER_POLICY, none);
    Ok(fresh(response))
}

/// Leads to the page that signs in and comes back here.
fn sign_in(visit: &Visit, fields: &Fields) -> Result<Response> {
    let config = visit.idp.config();
    let internal = |error: url::ParseError| Error::Internal(format!("an own URL: {error}"));
    let mut back = Url::parse(&endpoint(&visit.idp, "/oauth/authorize")).map_err(internal)?;
    back.query_pairs_mut().extend_pairs(fields.pairs());
    let mut page = Url::parse(&format!("{}/sign-in", config.home_url)).map_err(internal)?;
    page.query_pairs_mut()
        .append_pair("redirect_url", back.as_str());
    lead(&page)
}

/// A page that asks. It loads nothing, and no other page can show it.
fn ask(visit: &Visit, request: &Request, person: &Person, fields: &Fields) -> Result<Response> {
    let (idp, application) = (&visit.idp, &request.application);
    let path = format!("/v1/me/oauth/consent/{}", application.client_id);
    let internal = |error: url::ParseError| Error::Internal(format!("an own URL: {error}"));
    let mut action = Url::parse(&endpoint(idp, &path)).map_err(internal)?;
    action.query_pairs_mut().extend_pairs(fields.pairs());
    let escape = crate::mail::escape;
    let scopes: String = request
        .ask
        .scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", escape(scope)))
        .collect();
    let (name, home) = (
        escape(&application.name),
        escape(&idp.config().application_name),
    );
    let host = Url::parse(&request.ask.redirect_uri).map_err(internal)?;
    let host = escape(host.host_str().unwrap_or(host.scheme()));
    let (who, action) = (escape(person.identifier()), escape(action.as_str()));
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{name}</title></head>
<body style="font-family:system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem;line-height:1.5">
<h1 style="font-size:1.4rem">{name} wants to access {home}</h1>
<p>You are signed in as {who}. If you allow it, {name} ({host}) gets:</p>
<ul>{scopes}</ul>
<form method="post" action="{action}">
<button name="consented" value="true">Allow</button>
<button name="consented" value="false">Deny</button>
</form>
</body>
</html>
"#
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    Ok(fresh(response))
}
