//! Who a provider says a person is, and how much of it is proven.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::failure::Failure;
use super::provider::{Kind, Provider};
use crate::domain::names;

/// The tenant of Microsoft's personal accounts, whose addresses Microsoft itself has verified.
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// The longest address of a picture.
const IMAGE_MAX: usize = 2048;

/// A person at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Who says so: at Microsoft, the person's own tenant.
    pub issuer: String,
    /// The person's name there, which never changes.
    pub subject: String,
    /// The person's address.
    pub email: Option<String>,
    /// Whether the provider knows that the address is the person's.
    pub is_email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Name to log in with, where the provider has one.
    pub username: Option<String>,
    /// The person's picture.
    pub image_url: Option<String>,
}

impl Identity {
    /// The address, where the provider vouches for it.
    #[must_use]
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.is_email_verified)
    }
}

/// The person that verified claims describe. `extra` is what the provider said beside them:
/// userinfo, or the name that Apple posts once.
pub fn from_claims(
    provider: &Provider,
    claims: &Value,
    extra: &Value,
) -> Result<Identity, Failure> {
    let text = |name: &str| claims[name].as_str().or(extra[name].as_str());
    let subject = match provider.kind {
        // `sub` differs from one application to the next; `oid` is the person in the tenant.
        Kind::Microsoft => claims["oid"].as_str().or(claims["sub"].as_str()),
        _ => claims["sub"].as_str(),
    };
    let subject = subject.ok_or_else(|| Failure::Answer("nobody is named".to_owned()))?;
    let (first, last) = match (text("given_name"), text("family_name")) {
        (None, None) => split(text("name").unwrap_or_default()),
        (first, last) => (first, last),
    };
    Ok(Identity {
        issuer: claims["iss"].as_str().unwrap_or_default().to_owned(),
        subject: subject.to_owned(),
        is_email_verified: is_verified(provider, claims, extra),
        email: text("email").and_then(email),
        first_name: first.and_then(name),
        last_name: last.and_then(name),
        username: text("preferred_username").and_then(name),
        image_url: text("picture").and_then(image),
    })
}

/// The person that GitHub's API describes. An address counts as verified where GitHub says so.
pub fn from_github(issuer: &str, user: &Value, emails: &Value) -> Result<Identity, Failure> {
    let id = user["id"].as_i64().filter(|id| *id > 0);
    let id = id.ok_or_else(|| Failure::Answer("nobody is named".to_owned()))?;
    let list: Vec<&Value> = emails.as_array().into_iter().flatten().take(100).collect();
    let verified = |entry: &&&Value| entry["verified"] == true;
    let chosen = list
        .iter()
        .find(|entry| entry["primary"] == true)
        .filter(verified)
        .or(list.iter().find(verified))
        .or(list.first());
    let (first, last) = split(user["name"].as_str().unwrap_or_default());
    Ok(Identity {
        issuer: issuer.to_owned(),
        subject: id.to_string(),
        email: chosen.and_then(|entry| email(entry["email"].as_str()?)),
        is_email_verified: chosen.as_ref().is_some_and(verified),
        first_name: first.and_then(name),
        last_name: last.and_then(name),
        username: user["login"].as_str().and_then(name),
        image_url: user["avatar_url"].as_str().and_then(image),
    })
}

/// Whether the address is proven. At Microsoft, an administrator of any tenant can write any
/// address into an account: it counts where we trust the one tenant, where Microsoft itself
/// verified it, or where the domain is proven to be the tenant's.
fn is_verified(provider: &Provider, claims: &Value, extra: &Value) -> bool {
    let yes = |value: &Value| *value == true || *value == "true" || *value == "1" || *value == 1;
    match provider.kind {
        Kind::Microsoft => {
            provider.is_single_tenant()
                || claims["tid"] == PERSONAL_ACCOUNTS
                || yes(&claims["xms_edov"])
        }
        _ if claims["email"].is_string() => yes(&claims["email_verified"]),
        _ => yes(&extra["email_verified"]),
    }
}

fn email(text: &str) -> Option<String> {
    names::email(text, "email_address").ok()
}

fn name(text: &str) -> Option<String> {
    names::name(text, "name").ok().flatten()
}

fn image(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let fits = matches!(url.scheme(), "http" | "https") && text.len() <= IMAGE_MAX;
    fits.then(|| url.to_string())
}

/// The last word is the family name.
fn split(name: &str) -> (Option<&str>, Option<&str>) {
    match name.trim().rsplit_once(' ') {
        Some((first, last)) => (Some(first), Some(last)),
        None => (Some(name), None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::SocialProvider;

    fn provider(key: &str, tenant: Option<&str>) -> Provider {
        let settings = SocialProvider {
            client_id: "us".to_owned(),
            tenant: tenant.map(str::to_owned),
            ..SocialProvider::default()
        };
        Provider::new(key, &settings).unwrap()
    }

    #[test]
    fn an_address_counts_where_somebody_vouches_for_it() {
        let verified = |key: &str, tenant: Option<&str>, claims: Value| {
            let identity = from_claims(&provider(key, tenant), &claims, &Value::Null).unwrap();
            identity.verified_email().is_some()
        };
        let claims = |more: Value| {
            let mut claims = json!({ "iss": "i", "sub": "1", "email": "ada@x.example" });
            for (name, value) in more.as_object().unwrap() {
                claims[name] = value.clone();
            }
            claims
        };
        assert!(verified(
            "google",
            None,
            claims(json!({ "email_verified": true }))
        ));
        assert!(verified(
            "apple",
            None,
            claims(json!({ "email_verified": "true" }))
        ));
        assert!(!verified(
            "google",
            None,
            claims(json!({ "email_verified": false }))
        ));
        assert!(!verified(
            "google",
            None,
            claims(json!({ "email_verified": "false" }))
        ));
        assert!(!verified("custom_x", None, claims(json!({}))));
        // A tenant of anybody's can claim any address.
        let stranger =
            json!({ "tid": "8f2a1c34-0000-4000-8000-000000000001", "email_verified": true });
        assert!(!verified("microsoft", None, claims(stranger.clone())));
        assert!(!verified(
            "microsoft",
            Some("organizations"),
            claims(stranger.clone())
        ));
        let own = stranger["tid"].as_str().unwrap().to_owned();
        assert!(verified("microsoft", Some(&own), claims(stranger)));
        assert!(verified(
            "microsoft",
            None,
            claims(json!({ "tid": PERSONAL_ACCOUNTS }))
        ));
        assert!(verified(
            "microsoft",
            None,
            claims(json!({ "xms_edov": true }))
        ));
    }

    #[test]
    fn an_address_of_userinfo_is_vouched_for_there() {
        let claims = json!({ "iss": "i", "sub": "1", "email_verified": true });
        let extra = json!({ "email": "ada@x.example" });
        let identity = from_claims(&provider("custom_x", None), &claims, &extra).unwrap();
        assert_eq!(identity.verified_email(), None);
        let extra = json!({ "email": "ada@x.example", "email_verified": true });
        let identity = from_claims(&provider("custom_x", None), &claims, &extra).unwrap();
        assert_eq!(identity.verified_email(), Some("ada@x.example"));
    }

    #[test]
    fn github_names_a_person_by_number_and_verified_address() {
        let user = json!({ "id": 42, "login": "ada", "name": "Ada King Lovelace" });
        let emails = json!([
            { "email": "old@x.example", "primary": true, "verified": false },
            { "email": "ada@x.example", "primary": false, "verified": true },
        ]);
        let identity = from_github("github", &user, &emails).unwrap();
        assert_eq!(identity.subject, "42");
        assert_eq!(identity.verified_email(), Some("ada@x.example"));
        assert_eq!(identity.first_name.as_deref(), Some("Ada King"));
        assert_eq!(identity.last_name.as_deref(), Some("Lovelace"));
        let only = json!([{ "email": "old@x.example", "primary": true, "verified": false }]);
        let identity = from_github("github", &user, &only).unwrap();
        assert_eq!(identity.email.as_deref(), Some("old@x.example"));
        assert_eq!(identity.verified_email(), None);
        assert!(from_github("github", &json!({ "login": "ada" }), &emails).is_err());
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let claims = json!({ "iss": "i", "sub": "1", "email": "no address", "email_verified": true,
            "name": "Ada\u{7} Lovelace", "picture": "javascript:alert(1)" });
        let identity = from_claims(&provider("google", None), &claims, &Value::Null).unwrap();
        assert_eq!((identity.email, identity.image_url), (None, None));
        assert_eq!(identity.first_name, None);
        assert_eq!(identity.last_name.as_deref(), Some("Lovelace"));
    }
}
