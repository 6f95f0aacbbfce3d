//! In and out.

use axum::Form;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use maud::{Markup, html};
use serde::Deserialize;

use super::{ROOT, State, access, layout};
use crate::error::{Error, Result};
use crate::secrets;

/// A link's query.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    secret_key: String,
}

/// `GET /console/enter?token=…`: in by a link. The token leaves the address at once.
pub(super) async fn enter(state: State, Query(link): Query<Link>) -> Result<Response> {
    if access::redeem(&state.idp, &link.token).await? {
        return inside(&state).await;
    }
    let text = "This link has run out or was used. Take the newest one from the terminal.";
    Ok((StatusCode::UNAUTHORIZED, form(Some(text))).into_response())
}

/// `GET /console/login`.
pub(super) async fn page(state: State, headers: HeaderMap) -> Result<Response> {
    if access::is_inside(&state.idp, &headers).await? {
        return Ok(Redirect::to(ROOT).into_response());
    }
    Ok(form(None).into_response())
}

/// `POST /console/login`: in by the secret key. Bounded like every attempt to sign in.
pub(super) async fn submit(state: State, Form(credentials): Form<Credentials>) -> Result<Response> {
    state.idp.limits().attempt("console")?;
    if secrets::is_same(&credentials.secret_key, &state.idp.config().secret_key) {
        return inside(&state).await;
    }
    let text = "This is not the secret key of this instance.";
    Ok((StatusCode::UNAUTHORIZED, form(Some(text))).into_response())
}

/// `POST /console/logout`.
pub(super) async fn logout(state: State, headers: HeaderMap) -> Result<Response> {
    access::close(&state.idp, &headers).await?;
    let mut response = Redirect::to("/console/login").into_response();
    set_cookie(&mut response, "", 0)?;
    Ok(response)
}

async fn inside(state: &State) -> Result<Response> {
    let session = access::open(&state.idp).await?;
    let mut response = Redirect::to(ROOT).into_response();
    set_cookie(&mut response, &session, access::SESSION.as_secs())?;
    Ok(response)
}

fn set_cookie(response: &mut Response, value: &str, seconds: i64) -> Result<()> {
    let name = access::COOKIE_NAME;
    // Lax: the terminal's link is followed from outside of the browser.
    let text = format!("{name}={value}; Path=/console; Max-Age={seconds}; HttpOnly; SameSite=Lax");
    let value = HeaderValue::from_str(&text)
        .map_err(|error| Error::Internal(format!("console cookie: {error}")))?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(())
}

fn form(error: Option<&str>) -> Markup {
    layout::bare(
        "Sign in",
        html! {
            form.card.login method="post" action="/console/login" {
                h1 { "Identity console" }
                p.muted {
                    "Open the link that " code { "bailiwick dev" } " prints, or enter the secret key "
                    "of this instance."
                }
                @if let Some(error) = error { p.alert role="alert" { (error) } }
                label for="secret_key" { "Secret key" }
                input #secret_key type="password" name="secret_key" placeholder="sk_live_…"
                    autocomplete="off" spellcheck="false" required autofocus;
                button.primary type="submit" { "Continue" }
            }
        },
    )
}
