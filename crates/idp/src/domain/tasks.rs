//! What the user of a session must do before the session counts.

use bailiwick_pg::Tx;

use super::factors;
use super::passwords;
use super::sessions::emit;
use crate::error::Result;
use crate::instance::Idp;
use crate::model::user::Person;
use crate::settings::Settings;
use crate::store;
use crate::store::sessions::{self, Session};

/// Replace a password that must not be used any longer.
pub const RESET_PASSWORD: &str = "reset-password";
/// Set up a second factor.
pub const SETUP_MFA: &str = "setup-mfa";
/// Choose the organization to work in.
pub const CHOOSE_ORGANIZATION: &str = "choose-organization";

/// The tasks that are left for the user of a session, in the order in which components ask.
#[must_use]
pub fn of(
    settings: &Settings,
    person: &Person,
    organization_id: Option<&str>,
) -> Vec<&'static str> {
    let mut tasks = Vec::new();
    if passwords::is_compromised(person) {
        tasks.push(RESET_PASSWORD);
    }
    if settings.factors.required && !factors::are_demanded(settings, person) {
        tasks.push(SETUP_MFA);
    }
    if settings.organizations.force_organization_selection && organization_id.is_none() {
        tasks.push(CHOOSE_ORGANIZATION);
    }
    tasks
}

/// The status that a live session has with these tasks.
#[must_use]
pub fn status(tasks: &[&str]) -> &'static str {
    if tasks.is_empty() {
        "active"
    } else {
        "pending"
    }
}

/// Gives a live session of a client that the caller has locked the status that its tasks demand,
/// and says so. Whether anything changed. Somebody who acts for the user has no tasks: they are
/// the user's.
pub async fn settle(
    idp: &Idp,
    tx: &mut Tx,
    session: &mut Session,
    person: &Person,
) -> Result<bool> {
    let organization_id = session.last_active_organization_id.as_deref();
    let tasks = match session.actor {
        Some(_) => Vec::new(),
        None => of(&idp.settings(), person, organization_id),
    };
    let status = status(&tasks);
    if session.status == status {
        return Ok(false);
    }
    status.clone_into(&mut session.status);
    sessions::save(tx, session, store::now(idp.env())).await?;
    let event = if tasks.is_empty() {
        "session.created"
    } else {
        "session.pending"
    };
    emit(idp, tx, event, session, person).await?;
    Ok(true)
}
