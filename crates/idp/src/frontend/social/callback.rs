//! `/v1/oauth_callback`: the way back.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{CALLBACK, arrive, depart};
use crate::error::{Error, Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::{Fields, Form};
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::instance::Idp;
use crate::secrets;
use crate::social::{Callback, Failure, Proof, Provider};
use crate::store::oauth_flows::{self, Flow};

/// The longest code that is taken, and the longest of the other parameters.
const TEXT_MAX: usize = 4096;
/// What of a posted answer goes on.
const PARAMETERS: [&str; 6] = ["state", "code", "error", "iss", "user", "scope"];

/// `POST /v1/oauth_callback`: providers that post their answer (Apple). The browser sends no
/// cookie with a post from elsewhere, so it is sent on to ask for the same itself. Public; changes
/// nothing.
pub async fn post(State(frontend): State<Frontend>, Form(form): Form) -> Result<Response> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in PARAMETERS {
        if let Some(value) = form.get(name).filter(|value| value.len() <= TEXT_MAX) {
            query.append_pair(name, value);
        }
    }
    let here = frontend.idp.config().frontend_url();
    let location = format!("{here}{CALLBACK}?{}", query.finish());
    Ok(Redirect::to(&location).into_response())
}

/// `GET /v1/oauth_callback`: who it was, by a code. Only the browser that left may come back, once,
/// within ten minutes: 403 for another's, 400 for a state that is unknown or spent. Rate limited.
/// What goes wrong after that is told by the attempt, to which the browser is sent.
pub async fn get(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let idp = frontend.idp.clone();
    idp.limits().attempt(&meta.address)?;
    let flow = spend(&frontend, meta.clone()).await?;
    // No transaction is open while the provider is asked.
    let outcome = match answer(&meta.query) {
        Ok(callback) => prove(&idp, &flow, &callback).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = &outcome {
        tracing::info!(provider = flow.provider, error = %failure, "a provider proved nobody");
    }
    let mut visit = Visit::write(&frontend, meta.clone()).await?;
    match arrive::arrive(&mut visit, &flow.id, outcome).await {
        Ok(location) => visit.lead(&location).await,
        // What was done until then is undone, and the person reads why in the application.
        Err(Error::Refused(refusal)) => {
            drop(visit);
            let mut visit = Visit::write(&frontend, meta).await?;
            let location = arrive::refuse(&mut visit, flow, &refusal).await?;
            visit.lead(&location).await
        }
        Err(error) => Err(error),
    }
}

/// The way whose state was sent, spent by this.
async fn spend(frontend: &Frontend, meta: Meta) -> Result<Flow> {
    let invalid = || {
        let text = "This link is not valid any more. Please start again.";
        Refusal::new(StatusCode::BAD_REQUEST, "oauth_state_invalid", text)
    };
    let state = meta.query.get("state").filter(|state| state.len() <= 128);
    let digest = secrets::digest(state.ok_or_else(invalid)?);
    let mut visit = Visit::write(frontend, meta).await?;
    let flow = oauth_flows::find_by_state(&mut visit.tx, &digest).await?;
    let flow = flow.ok_or_else(invalid)?;
    let client_id = visit.client.as_ref().map(|client| &client.id);
    if client_id != Some(&flow.client_id) {
        let text = "This was begun in another browser. Please start again in this one.";
        let code = "oauth_state_mismatch";
        return Err(Refusal::new(StatusCode::FORBIDDEN, code, text).into());
    }
    let now = visit.now;
    if flow.expire_at <= now || !oauth_flows::spend(&mut visit.tx, &flow.id, now).await? {
        return Err(invalid().into());
    }
    visit.commit().await?;
    Ok(flow)
}

/// What the provider says by way of the browser: a code, or why there is none.
fn answer(query: &Fields) -> Result<Callback, Failure> {
    let text = |name: &str| query.get(name).filter(|text| text.len() <= TEXT_MAX);
    if let Some(error) = query.get("error") {
        return Err(Failure::Denied(error.chars().take(80).collect()));
    }
    let code = text("code").ok_or_else(|| Failure::Answer("no code".to_owned()))?;
    Ok(Callback {
        code: code.to_owned(),
        iss: text("iss").map(str::to_owned),
        user: text("user").map(str::to_owned),
    })
}

async fn prove(idp: &Idp, flow: &Flow, callback: &Callback) -> Result<Proof, Failure> {
    let provider = Provider::find(&idp.settings().social, &flow.strategy());
    let provider = provider.ok_or_else(|| Failure::Settings("not offered any more".to_owned()))?;
    let journey = depart::journey(idp, &flow.id, flow.more_scopes.clone());
    idp.providers().redeem(&provider, &journey, callback).await
}
