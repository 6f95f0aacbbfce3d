//! Which requests demand that the factors were given a short while ago.
//!
//! One table for all of them: a handler cannot forget it, since each asks who is signed in.

use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::domain::factors;
use crate::error::Refusal;
use crate::frontend::paths::is_one_of;
use crate::model::reverification::again;
use crate::model::user::Person;
use crate::settings::Settings;
use crate::store::sessions::Session;

/// What changes how somebody is recognised, or cannot be undone.
const SENSITIVE: &[(Method, &str)] = &[
    (Method::DELETE, "/me"),
    (Method::POST, "/me/change_password"),
    (Method::POST, "/me/remove_password"),
    (Method::POST, "/me/totp"),
    (Method::DELETE, "/me/totp"),
    (Method::POST, "/me/backup_codes"),
    (Method::POST, "/me/email_addresses"),
    (Method::DELETE, "/me/email_addresses/*"),
    (Method::POST, "/me/phone_numbers"),
    (Method::PATCH, "/me/phone_numbers/*"),
    (Method::DELETE, "/me/phone_numbers/*"),
    (Method::POST, "/me/external_accounts"),
    (Method::DELETE, "/me/external_accounts/*"),
    (Method::POST, "/me/passkeys"),
    (Method::DELETE, "/me/passkeys/*"),
];

/// Refuses a sensitive request (403, from which the components ask for the proof and try again)
/// where the second factor, or the first of somebody who has no second, was given too long ago.
/// `path` is without the version.
pub fn demand(
    settings: &Settings,
    (method, path): (&Method, &str),
    session: &Session,
    person: &Person,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !settings.factors.reverification || !is_one_of(SENSITIVE, method, path) {
        return Ok(());
    }
    let at = if factors::are_demanded(settings, person) {
        // Whoever set the factor up just now has shown it: it is not asked for at once again.
        session.second_factor_at.or(person.factors.mfa_enabled_at)
    } else if again(settings, person).is_empty() {
        // There is nothing that could be given again.
        return Ok(());
    } else {
        session.first_factor_at
    };
    let oldest = now.saturating_sub(settings.factors.fresh()).unwrap_or(now);
    if at.is_some_and(|at| at > oldest) {
        return Ok(());
    }
    let text = "You need to provide additional verification to perform this operation.";
    let code = "session_reverification_required";
    Err(Refusal::new(StatusCode::FORBIDDEN, code, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensitive_requests_are_told_by_method_and_path() {
        let is_sensitive = |method, path| is_one_of(SENSITIVE, &method, path);
        assert!(is_sensitive(Method::DELETE, "/me"));
        assert!(!is_sensitive(Method::PATCH, "/me"));
        assert!(is_sensitive(Method::DELETE, "/me/email_addresses/idn_1"));
        let path = "/me/email_addresses/idn_1/prepare_verification";
        assert!(!is_sensitive(Method::POST, path));
    }
}
