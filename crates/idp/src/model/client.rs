//! Clients.

use serde_json::{Value, json};

use super::{ms, ms_opt};
use crate::store::clients::Client;

/// A client with all that belongs to it. It replaces everything that the browser knows.
#[must_use]
pub fn client(client: &Client, sessions: Vec<Value>, sign_in: Value, sign_up: Value) -> Value {
    json!({
        "object": "client",
        "id": client.id,
        "sessions": sessions,
        "sign_in": sign_in,
        "sign_up": sign_up,
        "last_active_session_id": client.last_active_session_id,
        "last_authentication_strategy": client.last_authentication_strategy,
        "cookie_expires_at": ms_opt(client.cookie_expires_at),
        "captcha_bypass": false,
        "created_at": ms(client.created_at),
        "updated_at": ms(client.updated_at),
    })
}
