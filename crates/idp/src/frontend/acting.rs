//! What somebody may do who acts for a user: look at their account and their organizations, and
//! change nothing of either. What is changed here outlives the session: a password, an address,
//! who belongs to an organization.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::error::Refusal;

/// What belongs to the user in person.
const PERSONAL: [&str; 2] = ["/me", "/organizations"];

/// Refuses (403) a change in a session that names somebody else as its `actor`. An agent's session
/// is the user's own will.
pub fn check(actor: Option<&Value>, (method, path): (&Method, &str)) -> Result<(), Refusal> {
    let is_person = actor.is_some_and(|actor| actor["type"] != "agent");
    if !is_person || method == Method::GET || !is_personal(path) {
        return Ok(());
    }
    let text = "Whoever acts for a user cannot change their account or their organizations.";
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "authorization_invalid",
        text,
    ))
}

fn is_personal(path: &str) -> bool {
    PERSONAL.iter().any(|root| {
        let rest = path.strip_prefix(root);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_actor_looks_and_changes_nothing() {
        let person = json!({ "sub": "operator-7" });
        let agent = json!({ "sub": "agent-7", "type": "agent" });
        for (actor, method, path, may) in [
            (Some(&person), Method::GET, "/me", true),
            (Some(&person), Method::PATCH, "/me", false),
            (Some(&person), Method::POST, "/me/totp", false),
            (Some(&person), Method::POST, "/organizations", false),
            (
                Some(&person),
                Method::DELETE,
                "/organizations/org_1/memberships/user_1",
                false,
            ),
            (
                Some(&person),
                Method::POST,
                "/client/sessions/sess_1/touch",
                true,
            ),
            (Some(&person), Method::POST, "/menu", true),
            (Some(&agent), Method::POST, "/organizations", true),
            (None, Method::POST, "/me/totp", true),
        ] {
            assert_eq!(
                check(actor, (&method, path)).is_ok(),
                may,
                "{method} {path}"
            );
        }
    }
}
