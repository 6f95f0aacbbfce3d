//! Applications of others, and their tokens.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ms;
use crate::config::IdpConfig;
use crate::domain::oauth::applications::endpoint;
use crate::frontend::images;
use crate::instance::Idp;
use crate::store::oauth::applications::Application;
use crate::store::oauth::tokens::Token;

/// An application; with its secret only when that is made.
#[must_use]
pub fn application(idp: &Idp, row: &Application, secret: Option<&str>) -> Value {
    let mut value = json!({
        "object": "oauth_application",
        "id": row.id,
        "instance_id": idp.keys().instance_id(),
        "name": row.name,
        "client_id": row.client_id,
        "client_uri": row.client_uri,
        "client_image_url": row.logo_url(idp.config()),
        "dynamically_registered": row.dynamically_registered,
        "consent_screen_enabled": row.consent_screen_enabled,
        "pkce_required": row.pkce_required,
        "public": row.is_public,
        "scopes": row.scopes,
        "redirect_uris": row.redirect_uris,
        "callback_url": row.redirect_uris.first().map(String::as_str).unwrap_or_default(),
        "authorize_url": endpoint(idp, "/oauth/authorize"),
        "token_fetch_url": endpoint(idp, "/oauth/token"),
        "user_info_url": endpoint(idp, "/oauth/userinfo"),
        "discovery_url": endpoint(idp, "/.well-known/openid-configuration"),
        "token_introspection_url": endpoint(idp, "/oauth/token_info"),
        "created_at": ms(row.created_at),
        "updated_at": ms(row.updated_at),
    });
    if let Some(secret) = secret {
        value["client_secret"] = secret.into();
    }
    value
}

impl Application {
    /// Where its logo is, if it has one.
    #[must_use]
    pub fn logo_url(&self, config: &IdpConfig) -> Option<String> {
        let id = self.image_id.as_deref()?;
        Some(images::upload_url(config, id))
    }
}

/// A token of an application, as servers verify it.
#[must_use]
pub fn access_token(row: &Token, now: Timestamp) -> Value {
    json!({
        "object": "clerk_idp_oauth_access_token",
        "id": row.id,
        "client_id": row.client_id,
        "subject": row.user_id,
        "scopes": row.scopes,
        "revoked": row.revoked,
        "revocation_reason": null,
        "expired": row.expires_at <= now,
        "expiration": ms(row.expires_at),
        "created_at": ms(row.created_at),
        "updated_at": ms(row.updated_at),
    })
}
