//! Settings: keys and restrictions that servers ask for.

use serde::{Deserialize, Serialize};

/// Section `[apis]`: keys and restrictions that servers ask for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Apis {
    /// Who may sign up.
    pub restrictions: Restrictions,
    /// The instance as a whole.
    pub instance: Instance,
    /// Keys that people make for themselves and their organizations.
    pub api_keys: ApiKeys,
    /// Applications of others that ask for access.
    pub oauth: Oauth,
    /// To where messages are not sent.
    pub communication: Communication,
}

/// `[apis.restrictions]`: who may sign up, and where the last says so, in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Restrictions {
    /// Who may sign up by themselves: everybody (`public`), nobody (`restricted`), or nobody, but
    /// whoever asks can wait to be let in (`waitlist`). Whoever was invited may in any case.
    pub sign_up_mode: SignUpMode,
    /// Only whoever is on the list of those who may, or was invited.
    pub allowlist: bool,
    /// Nobody who is on the list of those who may not.
    pub blocklist: bool,
    /// The lists hold for signing up only, and not for signing in.
    pub allowlist_blocklist_disabled_on_sign_in: bool,
    /// No addresses with a part behind `+`, `=` or `#`.
    pub block_email_subaddresses: bool,
    /// No addresses of services that throw them away.
    pub block_disposable_email_domains: bool,
}

/// Who may sign up by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUpMode {
    /// Everybody.
    #[default]
    Public,
    /// Nobody.
    Restricted,
    /// Nobody; whoever asks is put on the list of those who wait.
    Waitlist,
}

/// `[apis.instance]`: the instance as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Instance {
    /// Whether test addresses get the code 424242; what the instance was started with where
    /// nothing is said.
    pub test_mode: Option<bool>,
    /// Where people can ask for help.
    pub support_email: Option<String>,
    /// Origins that may write beside those that the instance was started with: extensions of
    /// browsers and applications that are no pages.
    pub allowed_origins: Vec<String>,
    /// Whether people who have a password are first asked for it (`password`) or for a code
    /// (`otp`).
    pub preferred_sign_in_strategy: Strategy,
}

/// What a person with a password is first asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The password.
    #[default]
    Password,
    /// A code by e-mail.
    Otp,
}

/// `[apis.api_keys]`: keys that people make for themselves and their organizations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiKeys {
    /// Whether users make keys of their own.
    pub user: bool,
    /// Whether those who may manage an organization make keys of it.
    pub organization: bool,
}

/// `[apis.oauth]`: applications of others that ask for access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oauth {
    /// Whether applications may register themselves.
    pub dynamic_client_registration: bool,
    /// What an application may ask for where it says nothing.
    pub default_scopes: Vec<String>,
}

impl Default for Oauth {
    fn default() -> Self {
        Self {
            dynamic_client_registration: false,
            default_scopes: vec!["profile".to_owned(), "email".to_owned()],
        }
    }
}

/// `[apis.communication]`: to where messages are not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Communication {
    /// Countries (two capital letters) to whose numbers no text messages go.
    pub blocked_country_codes: Vec<String>,
}
