//! The way to a provider and back.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_lc_rs::digest;
use bailiwick_kernel::Env;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::cache::Cache;
use super::discovery::{self, Endpoints};
use super::failure::Failure;
use super::id_token::{Expected, Unverified};
use super::identity::{self, Identity};
use super::jwks::{self, Key};
use super::provider::{Kind, Provider};
use super::token::{self, Tokens};
use super::{github, http, secret};
use crate::store;

/// How long keys are believed.
const KEYS_AGE: SignedDuration = SignedDuration::from_hours(1);
/// How soon they are asked for again because of a key that is not among them.
const KEYS_AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Speaks to providers.
pub struct Client {
    http: reqwest::Client,
    env: Env,
    documents: Cache<Value>,
    keys: Cache<Vec<Key>>,
    secrets: BTreeMap<String, SecretString>,
}

/// What we ask a provider, and need again when it answers.
pub struct Journey {
    /// Proves that who redeems the code asked for it (RFC 7636).
    pub verifier: String,
    /// Comes back in the id token.
    pub nonce: String,
    /// Where the answer is to come.
    pub redirect_uri: String,
    /// Scopes beside the usual ones.
    pub more_scopes: Vec<String>,
    /// Whom the provider should expect.
    pub login_hint: Option<String>,
    /// How the provider should ask.
    pub prompt: Option<String>,
}

/// A provider's answer by way of the browser.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// What becomes tokens.
    pub code: String,
    /// Who answers, where the provider says so.
    pub iss: Option<String>,
    /// Apple: the person's name, once.
    pub user: Option<String>,
}

/// Who somebody is, and what we may do in that name.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Who.
    pub identity: Identity,
    /// What.
    pub tokens: Tokens,
}

impl Client {
    /// A client whose requests end within `timeout`. `secrets` are by our client id there, and go
    /// before those of the settings.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(
        env: Env,
        timeout: Duration,
        secrets: BTreeMap<String, SecretString>,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: http::client(timeout)?,
            env,
            documents: Cache::default(),
            keys: Cache::default(),
            secrets,
        })
    }

    async fn endpoints(&self, provider: &Provider) -> Result<Endpoints, Failure> {
        discovery::endpoints(&self.http, &self.documents, provider, store::now(&self.env)).await
    }

    /// Where the person is to go, but for the `state`.
    pub async fn authorization_url(
        &self,
        provider: &Provider,
        journey: &Journey,
    ) -> Result<Url, Failure> {
        let mut url = self.endpoints(provider).await?.authorization;
        let mut scopes = provider.scopes();
        for scope in &journey.more_scopes {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        let challenge = digest::digest(&digest::SHA256, journey.verifier.as_bytes());
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.settings.client_id)
            .append_pair("redirect_uri", &journey.redirect_uri)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256");
        if provider.kind != Kind::GitHub {
            query.append_pair("nonce", &journey.nonce);
        }
        if provider.posts_its_answer() {
            query.append_pair("response_mode", "form_post");
        }
        if provider.kind == Kind::Google {
            // Without this, Google gives no refresh token.
            query.append_pair("access_type", "offline");
        }
        if let Some(hint) = &journey.login_hint {
            query.append_pair("login_hint", hint);
        }
        if let Some(prompt) = &journey.prompt {
            query.append_pair("prompt", prompt);
        }
        drop(query);
        Ok(url)
    }

    /// Turns a provider's answer into a proof. The code is spent by it, whatever comes of it.
    pub async fn redeem(
        &self,
        provider: &Provider,
        journey: &Journey,
        callback: &Callback,
    ) -> Result<Proof, Failure> {
        let endpoints = self.endpoints(provider).await?;
        // An answer of one provider must not be redeemed at another, which would learn the code.
        match (&callback.iss, &endpoints.issuer) {
            (Some(named), Some(own)) if !own.contains('{') && named != own => {
                return Err(Failure::Unproven("the answer names another provider"));
            }
            (None, _) if endpoints.names_itself => {
                return Err(Failure::Unproven("the answer names no provider"));
            }
            _ => {}
        }
        let form = [
            ("grant_type", "authorization_code"),
            ("code", callback.code.as_str()),
            ("redirect_uri", journey.redirect_uri.as_str()),
            ("code_verifier", journey.verifier.as_str()),
        ];
        let tokens = self.tokens(provider, &endpoints, &form).await?;
        let identity = if provider.kind == Kind::GitHub {
            github::identity(&self.http, &endpoints, &tokens.access).await?
        } else {
            self.identity(provider, &endpoints, journey, &tokens, callback)
                .await?
        };
        Ok(Proof { identity, tokens })
    }

    /// A new access token. The provider may keep the refresh token or give a new one.
    pub async fn refresh(&self, provider: &Provider, refresh: &str) -> Result<Tokens, Failure> {
        let endpoints = self.endpoints(provider).await?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let mut tokens = self.tokens(provider, &endpoints, &form).await?;
        tokens.refresh = tokens.refresh.or_else(|| Some(refresh.to_owned()));
        Ok(tokens)
    }

    async fn tokens(
        &self,
        provider: &Provider,
        endpoints: &Endpoints,
        form: &[(&str, &str)],
    ) -> Result<Tokens, Failure> {
        let now = store::now(&self.env);
        let given = self.secrets.get(&provider.settings.client_id);
        let secret = secret::read(provider, given, now).await?;
        token::ask(&self.http, provider, endpoints, secret.as_ref(), form, now).await
    }

    async fn identity(
        &self,
        provider: &Provider,
        endpoints: &Endpoints,
        journey: &Journey,
        tokens: &Tokens,
        callback: &Callback,
    ) -> Result<Identity, Failure> {
        let token = tokens.id.as_deref();
        let token = token.ok_or_else(|| Failure::Answer("no id token".to_owned()))?;
        let issuer = endpoints.issuer.as_deref();
        let issuer = issuer.ok_or_else(|| Failure::Answer("no issuer".to_owned()))?;
        let unverified = Unverified::read(token)?;
        let keys = self.keys(endpoints, &unverified).await?;
        let claims = unverified.verify(
            &keys,
            &Expected {
                issuer,
                tenant: provider.only_tenant(),
                client_id: &provider.settings.client_id,
                nonce: &journey.nonce,
                now: self.env.now(),
            },
        )?;
        let extra = match (&endpoints.user, &callback.user) {
            (_, Some(user)) => posted_name(user),
            (Some(url), None) if !claims["email"].is_string() => {
                let request = self.http.get(url.clone()).bearer_auth(&tokens.access);
                let user = http::json_ok(request).await?;
                // OpenID Connect Core §5.3.2: or it may be about somebody else.
                if user["sub"] != claims["sub"] {
                    return Err(Failure::Unproven("userinfo describes somebody else"));
                }
                user
            }
            _ => Value::Null,
        };
        identity::from_claims(provider, &claims, &extra)
    }

    /// The provider's keys, asked for again where the token's is not among them.
    async fn keys(
        &self,
        endpoints: &Endpoints,
        token: &Unverified,
    ) -> Result<std::sync::Arc<Vec<Key>>, Failure> {
        let url = endpoints.jwks.clone();
        let url = url.ok_or_else(|| Failure::Answer("no keys".to_owned()))?;
        let now = store::now(&self.env);
        if let Some(keys) = self.keys.get(url.as_str(), now, KEYS_AGE) {
            let is_fresh = self.keys.get(url.as_str(), now, KEYS_AGAIN).is_some();
            if is_fresh || token.is_known(&keys) {
                return Ok(keys);
            }
        }
        let set = http::json_ok(self.http.get(url.clone())).await?;
        Ok(self.keys.put(url.as_str(), now, jwks::read(&set)))
    }
}

/// The name that Apple posts beside the code, in the words of id tokens. It came by way of the
/// browser: it is what the person wants to be called, and proves nothing.
fn posted_name(user: &str) -> Value {
    let user: Value = serde_json::from_str(user).unwrap_or_default();
    serde_json::json!({
        "given_name": user["name"]["firstName"],
        "family_name": user["name"]["lastName"],
    })
}
