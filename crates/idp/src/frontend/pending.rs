//! What a session may do whose user has tasks left: the tasks, and nothing else.

use http::{Method, StatusCode};

use super::paths::is_one_of;
use crate::error::Refusal;
use crate::store::sessions::Session;

/// What the tasks need: a password, a second factor, an organization.
const ALLOWED: &[(Method, &str)] = &[
    (Method::GET, "/me"),
    (Method::POST, "/me/change_password"),
    (Method::POST, "/me/totp"),
    (Method::POST, "/me/totp/attempt_verification"),
    (Method::POST, "/me/backup_codes"),
    (Method::GET, "/me/phone_numbers"),
    (Method::POST, "/me/phone_numbers"),
    (Method::GET, "/me/phone_numbers/*"),
    (Method::PATCH, "/me/phone_numbers/*"),
    (Method::POST, "/me/phone_numbers/*/prepare_verification"),
    (Method::POST, "/me/phone_numbers/*/attempt_verification"),
    (Method::GET, "/me/organization_memberships"),
    (Method::GET, "/me/organization_creation_defaults"),
    (Method::GET, "/me/organization_invitations"),
    (Method::POST, "/me/organization_invitations/*/accept"),
    (Method::GET, "/me/organization_suggestions"),
    (Method::POST, "/me/organization_suggestions/*/accept"),
    (Method::POST, "/organizations"),
    (Method::GET, "/organizations/*"),
    (Method::PUT, "/organizations/*/logo"),
];

/// Refuses a request in a session that does not count yet, unless its tasks need it.
pub fn check(session: &Session, (method, path): (&Method, &str)) -> Result<(), Refusal> {
    if session.status != "pending" || is_one_of(ALLOWED, method, path) {
        return Ok(());
    }
    let text = "The session has tasks left; it does not count before they are done.";
    Err(Refusal::new(StatusCode::FORBIDDEN, "session_pending", text))
}
