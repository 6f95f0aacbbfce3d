//! Codes and refresh tokens, turned into access tokens.

use ::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::discovery::Endpoints;
use super::failure::Failure;
use super::http;
use super::provider::Provider;

/// The longest token that is kept, in bytes; Microsoft's have some 3 KB.
const TOKEN_MAX: usize = 16 * 1024;

/// What a provider lets us do in a person's name. Sealed where it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// For its API.
    pub access: String,
    /// For the next access token, where it gives one.
    pub refresh: Option<String>,
    /// Who the person is, where it speaks OpenID Connect.
    pub id: Option<String>,
    /// When the access token ends; none where it does not say.
    pub expires_at: Option<Timestamp>,
    /// What was granted, as it says it.
    pub scopes: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// Asks the token endpoint: what is given in `form`, and who we are.
pub async fn ask(
    client: &reqwest::Client,
    provider: &Provider,
    endpoints: &Endpoints,
    secret: Option<&SecretString>,
    form: &[(&str, &str)],
    now: Timestamp,
) -> Result<Tokens, Failure> {
    let request = client.post(endpoints.token.clone());
    let request = authenticated(request, provider, endpoints, secret, form);
    let (status, answer) = http::json(request).await?;
    // GitHub says errors with status 200.
    if let Some(error) = answer["error"].as_str() {
        return Err(Failure::Exchange(error.chars().take(80).collect()));
    }
    if status != StatusCode::OK {
        return Err(Failure::Exchange(format!("status {}", status.as_u16())));
    }
    read(&answer, now)
}

fn authenticated(
    request: RequestBuilder,
    provider: &Provider,
    endpoints: &Endpoints,
    secret: Option<&SecretString>,
    form: &[(&str, &str)],
) -> RequestBuilder {
    let client_id = provider.settings.client_id.as_str();
    let mut form = form.to_vec();
    form.push(("client_id", client_id));
    match secret {
        Some(secret) if endpoints.takes_secret_in_form => {
            form.push(("client_secret", secret.expose_secret()));
            request.form(&form)
        }
        // RFC 6749 §2.3.1: both are form-encoded before they become basic authentication.
        Some(secret) => {
            let encode = |text: &str| -> String {
                url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
            };
            let (user, password) = (encode(client_id), encode(secret.expose_secret()));
            request.form(&form).basic_auth(user, Some(password))
        }
        None => request.form(&form),
    }
}

fn read(answer: &Value, now: Timestamp) -> Result<Tokens, Failure> {
    let token = |name: &str| {
        let text = answer[name].as_str().filter(|text| !text.is_empty());
        match text {
            Some(text) if text.len() > TOKEN_MAX => {
                Err(Failure::Answer(format!("{name} is too long")))
            }
            text => Ok(text.map(str::to_owned)),
        }
    };
    let is_bearer = answer["token_type"]
        .as_str()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !is_bearer {
        return Err(Failure::Answer(
            "the token is not a bearer token".to_owned(),
        ));
    }
    // Some say the seconds as text.
    let seconds = &answer["expires_in"];
    let seconds = seconds
        .as_i64()
        .or(seconds.as_str().and_then(|text| text.parse().ok()));
    let ends = |seconds: i64| now.saturating_add(SignedDuration::from_secs(seconds)).ok();
    Ok(Tokens {
        access: token("access_token")?
            .ok_or_else(|| Failure::Answer("no access token".to_owned()))?,
        refresh: token("refresh_token")?,
        id: token("id_token")?,
        expires_at: seconds.filter(|seconds| *seconds > 0).and_then(ends),
        scopes: token("scope")?,
    })
}
