//! The page on which somebody signs in, or refuses.

use axum::extract::{RawForm, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use jiff::SignedDuration;
use url::Url;

use super::flavor::Flavor;
use super::people::Face;
use super::store::Grant;
use super::{LocalProvider, pages};
use crate::domain::names;
use crate::frontend::fields::Fields;
use crate::secrets;

/// How long a code is good.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// A request for a code that was checked.
struct Request {
    redirect_uri: String,
    state: Option<String>,
    nonce: Option<String>,
    scope: String,
    challenge: String,
    hint: Option<String>,
}

/// Who asks, and where the answer goes, must be right before anybody is sent anywhere: what is
/// wrong about them is told here. The rest is told there.
fn read(
    flavor: Flavor,
    provider: &LocalProvider,
    query: &Fields,
) -> Result<Request, Box<Response>> {
    let refuse = |text: &str| {
        let page = pages::refusal(flavor, text);
        Err(Box::new((StatusCode::BAD_REQUEST, page).into_response()))
    };
    if query.get("client_id") != Some(flavor.client_id()) {
        return refuse("The application is unknown.");
    }
    let redirect_uri = query.get("redirect_uri").unwrap_or_default().to_owned();
    if !provider.0.redirect_uris.contains(&redirect_uri) {
        return refuse("The application did not register this address to return to.");
    }
    let text = |name: &str| query.get(name).map(str::to_owned);
    let request = Request {
        state: text("state"),
        nonce: text("nonce"),
        scope: text("scope").unwrap_or_default(),
        challenge: text("code_challenge").unwrap_or_default(),
        hint: text("login_hint"),
        redirect_uri,
    };
    let is_s256 = query.get("code_challenge_method") == Some("S256");
    if query.get("response_type") != Some("code") || !is_s256 || request.challenge.len() != 43 {
        return Err(Box::new(answer(
            flavor,
            provider,
            &request,
            &[("error", "invalid_request")],
        )));
    }
    Ok(request)
}

/// `GET …/authorize`: who shall it be?
pub async fn show(
    flavor: Flavor,
    State(provider): State<LocalProvider>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let fields = Fields::parse(query.as_bytes()).unwrap_or_default();
    match read(flavor, &provider, &fields) {
        Err(response) => *response,
        Ok(request) => {
            let mut faces = provider.0.store.typed();
            faces.extend(provider.0.faces.iter().cloned());
            pages::sign_in(flavor, &faces, request.hint.as_deref(), "").into_response()
        }
    }
}

/// `POST …/authorize`: that one, or nobody.
pub async fn decide(
    flavor: Flavor,
    State(provider): State<LocalProvider>,
    RawQuery(query): RawQuery,
    RawForm(form): RawForm,
) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let form = Fields::parse(&form).unwrap_or_default();
    let request = match read(flavor, &provider, &query) {
        Err(response) => return *response,
        Ok(request) => request,
    };
    if form.get("decision") == Some("refuse") {
        let error = [
            ("error", "access_denied"),
            ("error_description", "The person refused."),
        ];
        return answer(flavor, &provider, &request, &error);
    }
    let Some(face) = chosen(&provider, &form) else {
        let faces = provider.0.faces.clone();
        let text = "Please give a name and an e-mail address.";
        let page = pages::sign_in(flavor, &faces, form.get("email"), text);
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    };
    let code = secrets::opaque(&provider.0.env);
    let now = provider.0.env.now();
    let grant = Grant {
        flavor,
        face,
        scope: request.scope.clone(),
        nonce: request.nonce.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        until: now.saturating_add(CODE_LIFETIME).unwrap_or(now),
    };
    provider.0.store.put_code(&code, grant);
    answer(flavor, &provider, &request, &[("code", &code)])
}

/// One of the faces by its address, or somebody who was typed.
fn chosen(provider: &LocalProvider, form: &Fields) -> Option<Face> {
    if let Some(email) = form.get("face") {
        let typed = provider.0.store.typed();
        let mut all = typed.iter().chain(&provider.0.faces);
        return all.find(|face| face.email == email).cloned();
    }
    let face = Face {
        email: names::email(form.get("email")?, "email").ok()?,
        name: names::name(form.get("name")?, "name").ok()??,
        is_verified: form.get("verified").is_some(),
    };
    provider.0.store.remember(face.clone());
    Some(face)
}

/// Back to the application.
fn answer(
    flavor: Flavor,
    provider: &LocalProvider,
    request: &Request,
    pairs: &[(&str, &str)],
) -> Response {
    let Ok(mut url) = Url::parse(&request.redirect_uri) else {
        return pages::refusal(flavor, "The address to return to is none.").into_response();
    };
    let mut query = url.query_pairs_mut();
    query.extend_pairs(pairs);
    if let Some(state) = &request.state {
        query.append_pair("state", state);
    }
    if flavor != Flavor::GitHub {
        query.append_pair("iss", &flavor.issuer(&provider.0.base));
    }
    drop(query);
    Redirect::to(url.as_str()).into_response()
}
