//! Settings: other providers that people sign in with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Section `[social]`: other providers that people sign in with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Social {
    /// By name: `google`, `microsoft`, `github`, `apple`, `linkedin_oidc`, or `custom_…` for any
    /// other provider that speaks OpenID Connect. The strategy is the name after `oauth_`.
    pub providers: BTreeMap<String, SocialProvider>,
}

/// One provider, `[social.providers.google]`. What is left out is the provider's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SocialProvider {
    /// Whether it is offered at all.
    pub enabled: bool,
    /// Whether it signs in, or only connects to an account.
    pub authenticatable: bool,
    /// What people read; needed for `custom_…`.
    pub name: Option<String>,
    /// Address of its picture; needed for none, ours are served locally.
    pub logo_url: Option<String>,
    /// Our name at the provider.
    pub client_id: String,
    /// File that holds our secret at the provider and nothing else.
    pub client_secret_file: Option<PathBuf>,
    /// Environment variable that holds it.
    pub client_secret_env: Option<String>,
    /// Scopes in place of the usual ones.
    pub scopes: Vec<String>,
    /// Microsoft: `common` (anybody), `organizations`, `consumers`, or the id of one tenant.
    pub tenant: Option<String>,
    /// Apple: the team that owns the service id, and the key that signs for it; the secret is the
    /// key in PEM.
    pub apple_team_id: Option<String>,
    /// Apple: the id of that key.
    pub apple_key_id: Option<String>,
    /// Who issues its id tokens; needed for `custom_…`. What is not given below is discovered
    /// there.
    pub issuer: Option<String>,
    /// Where its description is, where not at the usual place under the issuer.
    pub discovery_url: Option<String>,
    /// Where people sign in.
    pub authorization_url: Option<String>,
    /// Where codes become tokens.
    pub token_url: Option<String>,
    /// Where its keys are.
    pub jwks_url: Option<String>,
    /// Where it describes a person: userinfo, or `/user` at GitHub.
    pub user_url: Option<String>,
    /// GitHub: where it lists a person's addresses.
    pub emails_url: Option<String>,
    /// Refuses addresses with a `+` in front of the `@`.
    pub block_email_subaddresses: bool,
}

impl Default for SocialProvider {
    fn default() -> Self {
        Self {
            enabled: true,
            authenticatable: true,
            name: None,
            logo_url: None,
            client_id: String::new(),
            client_secret_file: None,
            client_secret_env: None,
            scopes: Vec::new(),
            tenant: None,
            apple_team_id: None,
            apple_key_id: None,
            issuer: None,
            discovery_url: None,
            authorization_url: None,
            token_url: None,
            jwks_url: None,
            user_url: None,
            emails_url: None,
            block_email_subaddresses: false,
        }
    }
}
