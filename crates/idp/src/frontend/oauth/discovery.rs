//! What this instance can do as an OAuth 2 server.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::domain::oauth::{SCOPES, applications::endpoint};
use crate::instance::Idp;

const CLAIMS: [&str; 11] = [
    "aud",
    "email",
    "email_verified",
    "exp",
    "family_name",
    "given_name",
    "iat",
    "iss",
    "name",
    "picture",
    "sub",
];
const METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "none"];

/// `GET /.well-known/openid-configuration`. Public.
pub async fn openid(State(idp): State<Idp>) -> Json<Value> {
    let at = |path: &str| endpoint(&idp, path);
    Json(json!({
        "issuer": idp.config().issuer,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/token/revoke"),
        "introspection_endpoint": at("/oauth/token_info"),
        "userinfo_endpoint": at("/oauth/userinfo"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": METHODS,
        "claims_supported": CLAIMS,
        "code_challenge_methods_supported": ["S256"],
        "backchannel_logout_supported": false,
        "frontchannel_logout_supported": false,
    }))
}

/// `GET /.well-known/oauth-authorization-server`. Public.
pub async fn server(State(idp): State<Idp>) -> Json<Value> {
    let at = |path: &str| endpoint(&idp, path);
    let mut value = json!({
        "issuer": idp.config().issuer,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/token/revoke"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": METHODS,
        "scopes_supported": SCOPES,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": CLAIMS,
        "code_challenge_methods_supported": ["S256"],
    });
    if idp.settings().apis.oauth.dynamic_client_registration {
        value["registration_endpoint"] = at("/oauth/register").into();
    }
    Json(value)
}
