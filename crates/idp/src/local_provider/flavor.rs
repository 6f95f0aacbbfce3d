//! Whom the provider plays, and where that one has its parts.

use axum::Router;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::{LocalProvider, api, authorize, oidc, token};
use crate::settings::SocialProvider;
use crate::social::{Provider, logo};

/// The tenant of everybody whom the provider plays at Microsoft.
pub const TENANT: &str = "5d1c8a40-7f0e-4c8e-9f55-0b3f6a2d9e11";

/// Whom the provider plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// Google.
    Google,
    /// Microsoft, for all tenants.
    Microsoft,
    /// GitHub.
    GitHub,
}

impl Flavor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Google, Self::Microsoft, Self::GitHub];

    /// The name in settings and addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::GitHub => "github",
        }
    }

    /// The name that people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
            Self::GitHub => "GitHub",
        }
    }

    /// What clients call themselves here.
    pub const fn client_id(self) -> &'static str {
        match self {
            Self::Google => "bailiwick.apps.local-google",
            Self::Microsoft => "6a0f1d52-3b7c-4f0a-8a1e-2c9d54e7b308",
            Self::GitHub => "Iv1.bailiwicklocal",
        }
    }

    /// `iss` of the tokens; GitHub makes none.
    pub fn issuer(self, base: &str) -> String {
        match self {
            Self::Google => format!("{base}/google"),
            Self::Microsoft => format!("{base}/microsoft/{TENANT}/v2.0"),
            Self::GitHub => format!("{base}/github"),
        }
    }

    /// The description, as each has it.
    pub fn description(self, base: &str) -> Value {
        let root = format!("{base}/{}", self.key());
        let (issuer, authorize, token, keys, user) = match self {
            Self::Microsoft => (
                // As the real one announces it for all tenants.
                format!("{root}/{{tenantid}}/v2.0"),
                "/common/oauth2/v2.0/authorize",
                "/common/oauth2/v2.0/token",
                "/common/discovery/v2.0/keys",
                "/oidc/userinfo",
            ),
            Self::Google | Self::GitHub => {
                (root.clone(), "/authorize", "/token", "/keys", "/userinfo")
            }
        };
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{root}{authorize}"),
            "token_endpoint": format!("{root}{token}"),
            "jwks_uri": format!("{root}{keys}"),
            "userinfo_endpoint": format!("{root}{user}"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    /// The routes of this one, as the real one lays them out.
    pub fn routes(self) -> Router<LocalProvider> {
        let page = |path: &str| {
            let show = move |state, query| authorize::show(self, state, query);
            let decide = move |state, query, form| authorize::decide(self, state, query, form);
            Router::new().route(path, get(show).post(decide))
        };
        let tokens = move |state, headers, form| token::token(self, state, headers, form);
        let describe = move |state| oidc::describe(self, state);
        let user = move |state, headers| api::userinfo(self, state, headers);
        match self {
            Self::Google => page("/google/authorize")
                .route("/google/token", post(tokens))
                .route("/google/.well-known/openid-configuration", get(describe))
                .route("/google/keys", get(oidc::keys))
                .route("/google/userinfo", get(user)),
            Self::Microsoft => page("/microsoft/common/oauth2/v2.0/authorize")
                .route("/microsoft/common/oauth2/v2.0/token", post(tokens))
                .route(
                    "/microsoft/common/v2.0/.well-known/openid-configuration",
                    get(describe),
                )
                .route("/microsoft/common/discovery/v2.0/keys", get(oidc::keys))
                .route("/microsoft/oidc/userinfo", get(user)),
            Self::GitHub => page("/github/login/oauth/authorize")
                .route("/github/login/oauth/access_token", post(tokens))
                .route("/github/api/user", get(api::github_user))
                .route("/github/api/user/emails", get(api::github_emails)),
        }
    }

    /// What a client is told.
    pub fn settings(self, base: &str) -> SocialProvider {
        let at = |path: &str| Some(format!("{base}/{}{path}", self.key()));
        let own = SocialProvider {
            client_id: self.client_id().to_owned(),
            ..SocialProvider::default()
        };
        match self {
            Self::Google => SocialProvider {
                issuer: at(""),
                ..own
            },
            Self::Microsoft => SocialProvider {
                issuer: at("/common/v2.0"),
                ..own
            },
            Self::GitHub => SocialProvider {
                issuer: at(""),
                authorization_url: at("/login/oauth/authorize"),
                token_url: at("/login/oauth/access_token"),
                user_url: at("/api/user"),
                emails_url: at("/api/user/emails"),
                ..own
            },
        }
    }

    /// Its picture.
    pub fn logo(self) -> String {
        Provider::new(self.key(), &self.settings(""))
            .map(|provider| logo::svg(&provider))
            .unwrap_or_default()
    }
}
