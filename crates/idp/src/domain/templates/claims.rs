//! Which claims may be one's own, and those of session tokens.

use bailiwick_pg::Tx;
use serde_json::{Map, Value};

use super::{scope, shortcodes};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::store::memberships::Membership;
use crate::store::sessions::Session;

/// Claims of every token, which nobody sets.
const OF_ALL: [&str; 7] = ["azp", "exp", "iat", "iss", "jti", "nbf", "sub"];
/// Claims of session tokens, which decide what somebody may do.
const OF_SESSIONS: [&str; 12] = [
    "act",
    "aud",
    "fea",
    "fva",
    "o",
    "org_id",
    "org_permissions",
    "org_role",
    "org_slug",
    "pla",
    "sid",
    "sts",
];
/// The largest claims of one's own as JSON, in bytes: a token is sent with every request.
const MAX: usize = 16 * 1024;
/// How deep they may be nested.
const MAX_DEPTH: usize = 16;

/// Refuses claims for a template that are too large, or that nobody sets.
pub fn check(claims: &Map<String, Value>) -> Result<(), Refusal> {
    if let Some(name) = OF_ALL.iter().find(|name| claims.contains_key(**name)) {
        let text = format!("You can't use the reserved claim: '{name}'.");
        return Err(Refusal::new(
            http::StatusCode::UNPROCESSABLE_ENTITY,
            "jwt_template_reserved_claim",
            text,
        )
        .param("claims"));
    }
    let value = Value::Object(claims.clone());
    if value.to_string().len() > MAX || depth(&value) > MAX_DEPTH {
        return Err(Refusal::format("claims", "The claims are too large."));
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    let below = match value {
        Value::Object(fields) => fields.values().map(depth).max(),
        Value::Array(items) => items.iter().map(depth).max(),
        _ => return 0,
    };
    1 + below.unwrap_or(0)
}

/// Whether a session token has this claim for itself.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    OF_ALL.contains(&name) || OF_SESSIONS.contains(&name) || name == "v"
}

/// The claims that the settings add to the tokens of a session. Costs nothing where there are
/// none.
pub async fn of_session(
    idp: &Idp,
    tx: &mut Tx,
    session: &Session,
    membership: Option<&Membership>,
) -> Result<Map<String, Value>> {
    let settings = idp.settings();
    if settings.sessions.claims.is_empty() {
        return Ok(Map::new());
    }
    let claims = Value::Object(settings.sessions.claims.clone());
    let scope = scope::load(idp, tx, &claims, session, membership).await?;
    let mut rendered = match shortcodes::render(&claims, &scope) {
        Value::Object(rendered) => rendered,
        _ => Map::new(),
    };
    rendered.retain(|name, _| !is_reserved(name));
    Ok(rendered)
}
