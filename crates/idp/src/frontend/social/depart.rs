//! The way to a provider.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use jiff::SignedDuration;

use super::CALLBACK;
use crate::error::{Refusal, Result};
use crate::frontend::fields::Fields;
use crate::frontend::redirects;
use crate::frontend::visit::Visit;
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::secrets;
use crate::social::{Failure, Journey, Provider};
use crate::store::oauth_flows::{self, Flow};

/// How long a provider may take to send the browser back.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// The most scopes that a form may ask for beside the usual ones.
const MORE_SCOPES_MAX: usize = 20;
/// The longest hint and scope.
const TEXT_MAX: usize = 256;

/// A browser about to leave for a provider, before anything is stored.
pub struct Departure {
    /// Where to.
    pub provider: Provider,
    flow_id: String,
    location: String,
    redirect_url: String,
    complete_url: String,
    more_scopes: Vec<String>,
}

/// What a way needs twice, when the browser leaves and when it comes back.
pub fn journey(idp: &Idp, flow_id: &str, more_scopes: Vec<String>) -> Journey {
    let secret = |what: &str| {
        let purpose = format!("oauth {what} {flow_id}");
        URL_SAFE_NO_PAD.encode(idp.seal().derive(&purpose))
    };
    Journey {
        verifier: secret("verifier"),
        nonce: secret("nonce"),
        redirect_uri: format!("{}{CALLBACK}", idp.config().frontend_url()),
        more_scopes,
        login_hint: None,
        prompt: None,
    }
}

/// What the provider must repeat: known to the browser that leaves and nobody else.
fn state(idp: &Idp, flow_id: &str) -> String {
    let purpose = format!("oauth state {flow_id}");
    URL_SAFE_NO_PAD.encode(idp.seal().derive(&purpose))
}

/// Where the browser is to go.
pub fn location(idp: &Idp, flow: &Flow) -> String {
    let mark = if flow.location.contains('?') {
        '&'
    } else {
        '?'
    };
    format!("{}{mark}state={}", flow.location, state(idp, &flow.id))
}

impl Departure {
    /// Reads a form and asks the provider for the way. 422 for a strategy that is not offered, for
    /// addresses outside the application, and while the provider does not answer.
    pub async fn read(idp: &Idp, form: &Fields, strategy: &str) -> Result<Self> {
        let provider = Provider::find(&idp.settings().social, strategy);
        Self::to(idp, form, provider.ok_or_else(not_offered)?).await
    }

    /// The same for an attempt to sign in or up, which not every provider is good for.
    pub async fn read_attempt(idp: &Idp, form: &Fields, strategy: &str) -> Result<Self> {
        let provider = Provider::find(&idp.settings().social, strategy);
        let provider = provider.filter(|provider| provider.settings.authenticatable);
        Self::to(idp, form, provider.ok_or_else(not_offered)?).await
    }

    async fn to(idp: &Idp, form: &Fields, provider: Provider) -> Result<Self> {
        let config = idp.config();
        let redirect_url = form.require("redirect_url")?;
        let redirect_url = redirects::read(config, redirect_url, "redirect_url")?;
        let complete_url = match form.get("action_complete_redirect_url") {
            Some(text) => redirects::read(config, text, "action_complete_redirect_url")?,
            None => redirect_url.clone(),
        };
        let more_scopes = scopes(form)?;
        let flow_id = ids::new(idp.env(), Kind::Verification);
        let hint = |name: &str| form.get(name).filter(|text| text.len() <= TEXT_MAX);
        let journey = Journey {
            login_hint: hint("oidc_login_hint").map(str::to_owned),
            prompt: hint("oidc_prompt").map(str::to_owned),
            ..journey(idp, &flow_id, more_scopes.clone())
        };
        let location = idp.providers().authorization_url(&provider, &journey).await;
        let location = location.map_err(|failure| unavailable(&provider, &failure))?;
        Ok(Self {
            provider,
            flow_id,
            location: location.into(),
            redirect_url: redirect_url.into(),
            complete_url: complete_url.into(),
            more_scopes,
        })
    }

    /// Stores the way for an attempt or account of the visit's browser.
    pub async fn leave(
        self,
        visit: &mut Visit,
        purpose: &str,
        target_id: &str,
        user_id: Option<&str>,
    ) -> Result<Flow> {
        let flow = Flow {
            client_id: visit.client().await?.id.clone(),
            id: self.flow_id,
            provider: self.provider.key,
            purpose: purpose.to_owned(),
            target_id: target_id.to_owned(),
            user_id: user_id.map(str::to_owned),
            location: self.location,
            redirect_url: self.redirect_url,
            complete_url: self.complete_url,
            more_scopes: self.more_scopes,
            status: "unverified".to_owned(),
            error: None,
            identity: None,
            tokens: None,
            used_at: None,
            expire_at: visit.now.saturating_add(LIFETIME).unwrap_or(visit.now),
            created_at: visit.now,
        };
        let digest = secrets::digest(&state(&visit.idp, &flow.id));
        oauth_flows::insert(&mut visit.tx, &flow, &digest).await?;
        Ok(flow)
    }
}

fn not_offered() -> Refusal {
    let text = "The strategy is not supported by this instance.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_param_value_invalid", text).param("strategy")
}

fn unavailable(provider: &Provider, failure: &Failure) -> Refusal {
    tracing::warn!(provider = provider.key, error = %failure, "a provider does not answer");
    let text = failure.text(provider.name());
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, failure.code(), text).param("strategy")
}

/// Scopes that the form asks for beside the usual ones, each a token as RFC 6749 §3.3 has it.
fn scopes(form: &Fields) -> Result<Vec<String>, Refusal> {
    let named = form.all("additional_scope");
    let scopes: Vec<String> = named
        .iter()
        .flat_map(|text| text.split([' ', ',']))
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    let fits = |scope: &String| {
        scope.len() <= TEXT_MAX
            && scope
                .bytes()
                .all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
    };
    if scopes.len() > MORE_SCOPES_MAX || !scopes.iter().all(fits) {
        return Err(Refusal::format(
            "additional_scope",
            "The scopes are not valid.",
        ));
    }
    Ok(scopes)
}
