//! Where a provider's parts are: by the settings, else by its own description.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

use super::cache::Cache;
use super::failure::Failure;
use super::http;
use super::provider::{Kind, Provider};

/// How long a description is believed.
const AGE: SignedDuration = SignedDuration::from_hours(1);

/// The parts of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// `iss` of its id tokens; Microsoft's has `{tenantid}` in it. None without OpenID Connect.
    pub issuer: Option<String>,
    /// Where people sign in.
    pub authorization: Url,
    /// Where codes become tokens.
    pub token: Url,
    /// Where its keys are; none without OpenID Connect.
    pub jwks: Option<Url>,
    /// Where it describes a person.
    pub user: Option<Url>,
    /// GitHub: where it lists a person's addresses.
    pub emails: Option<Url>,
    /// Whether its answers name it (RFC 9207).
    pub names_itself: bool,
    /// Whether it takes our secret in the form, and not only as basic authentication.
    pub takes_secret_in_form: bool,
}

/// The parts of a provider, fetched where they are not known.
pub async fn endpoints(
    client: &reqwest::Client,
    cache: &Cache<Value>,
    provider: &Provider,
    now: Timestamp,
) -> Result<Endpoints, Failure> {
    let own = &provider.settings;
    if provider.kind == Kind::GitHub {
        let at = |url: &Option<String>, usual: &str| read(url.as_deref().unwrap_or(usual));
        return Ok(Endpoints {
            issuer: own.issuer.clone(),
            authorization: at(
                &own.authorization_url,
                "https://github.com/login/oauth/authorize",
            )?,
            token: at(
                &own.token_url,
                "https://github.com/login/oauth/access_token",
            )?,
            jwks: None,
            user: Some(at(&own.user_url, "https://api.github.com/user")?),
            emails: Some(at(&own.emails_url, "https://api.github.com/user/emails")?),
            names_itself: false,
            takes_secret_in_form: true,
        });
    }
    let url = provider
        .discovery_url()
        .ok_or_else(|| Failure::Settings("the issuer is missing".to_owned()))?;
    let document = match cache.get(&url, now, AGE) {
        Some(document) => document,
        None => {
            let document = http::json_ok(client.get(read(&url)?)).await?;
            check_issuer(provider, &document)?;
            cache.put(&url, now, document)
        }
    };
    let part = |own: &Option<String>, name: &str| {
        let text = own.as_deref().or(document[name].as_str());
        text.map(read).transpose()
    };
    let needed = |found: Option<Url>, name: &str| {
        found.ok_or_else(|| Failure::Answer(format!("its description lacks {name}")))
    };
    let methods = document["token_endpoint_auth_methods_supported"].as_array();
    Ok(Endpoints {
        issuer: document["issuer"].as_str().map(str::to_owned),
        authorization: needed(
            part(&own.authorization_url, "authorization_endpoint")?,
            "authorization_endpoint",
        )?,
        token: needed(part(&own.token_url, "token_endpoint")?, "token_endpoint")?,
        jwks: Some(needed(part(&own.jwks_url, "jwks_uri")?, "jwks_uri")?),
        user: part(&own.user_url, "userinfo_endpoint")?,
        emails: None,
        names_itself: document["authorization_response_iss_parameter_supported"] == true,
        takes_secret_in_form: methods
            .is_none_or(|methods| methods.iter().any(|name| name == "client_secret_post")),
    })
}

/// A description must name the issuer that it was asked of, or one provider could pass for
/// another. Microsoft's shared endpoints name a pattern.
fn check_issuer(provider: &Provider, document: &Value) -> Result<(), Failure> {
    let named = document["issuer"].as_str().unwrap_or_default();
    if named.is_empty() {
        return Err(Failure::Answer("its description lacks issuer".to_owned()));
    }
    let expected = provider.settings.issuer.as_deref();
    match expected {
        // With tenants, the issuer of the tokens is not the address of the description.
        Some(expected) if provider.kind != Kind::Microsoft && expected != named => Err(
            Failure::Answer("its description names another issuer".to_owned()),
        ),
        _ => Ok(()),
    }
}

/// An address of the settings or of a description: a web address, and nothing else.
fn read(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| Failure::Settings("an address is not one of the web".to_owned()))
}
