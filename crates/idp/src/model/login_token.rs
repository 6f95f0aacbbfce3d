//! Tokens that sign a user in.

use serde_json::{Value, json};

use super::ms;
use crate::store::login_tokens::LoginToken;

/// A sign-in token or an actor token. `secret` is the token itself with its address: there only
/// when it is made.
#[must_use]
pub fn login_token(token: &LoginToken, secret: Option<(&str, &str)>) -> Value {
    let mut value = json!({
        "object": format!("{}_token", token.kind),
        "id": token.id,
        "status": token.status,
        "user_id": token.user_id,
        "created_at": ms(token.created_at),
        "updated_at": ms(token.updated_at),
    });
    if let Some(actor) = &token.actor {
        value["actor"] = actor.clone();
    }
    if let Some((ticket, url)) = secret {
        value["token"] = ticket.into();
        value["url"] = url.into();
    }
    value
}

/// The task of an agent; with the address that begins it only when it is made.
#[must_use]
pub fn agent_task(token: &LoginToken, url: Option<&str>) -> Value {
    let actor = token.actor.as_ref();
    let mut value = json!({
        "object": "agent_task",
        "agent_id": actor.map(|actor| &actor["sub"]),
        "agent_task_id": token.id,
        "task_id": token.id,
    });
    if let Some(url) = url {
        value["url"] = url.into();
    }
    value
}
