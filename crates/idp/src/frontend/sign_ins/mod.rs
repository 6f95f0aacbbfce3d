//! Signing in: who, and the proof.

mod attempt;
pub mod complete;
mod create;
mod external;
mod poll;
mod prepare;
mod reset;
mod second;
mod strategy;
mod ticket;

pub use attempt::attempt;
pub use create::create;
pub use poll::get;
pub use prepare::prepare;
pub use reset::reset_password;
pub use second::{attempt as attempt_second, prepare as prepare_second};
pub use strategy::Strategy;

use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::visit::{Visit, user_banned};
use crate::domain::people;
use crate::error::{Refusal, Result};
use crate::model;
use crate::model::user::Person;
use crate::store::sign_ins::{self as rows, SignIn};
use crate::store::users;

/// An attempt is given up after this long.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

async fn answer(mut visit: Visit, sign_in: &SignIn, person: Option<&Person>) -> Result<Response> {
    let value = show(&mut visit, sign_in, person).await?;
    visit.answer(value).await
}

/// An attempt as its browser sees it.
pub async fn show(
    visit: &mut Visit,
    sign_in: &SignIn,
    person: Option<&Person>,
) -> Result<serde_json::Value> {
    let (config, settings) = (visit.idp.config(), visit.idp.settings());
    let mut value = model::sign_in::sign_in(config, &settings, sign_in, person, visit.now);
    external::show(visit, sign_in, &mut value).await?;
    Ok(value)
}

/// An attempt of this browser; 404 otherwise.
async fn find(visit: &mut Visit, id: &str) -> Result<SignIn> {
    let not_found = || Refusal::not_found("Sign in attempt");
    let client_id = visit
        .client
        .as_ref()
        .map(|client| client.id.clone())
        .ok_or_else(not_found)?;
    Ok(rows::find(&mut visit.tx, id, &client_id)
        .await?
        .ok_or_else(not_found)?)
}

/// An attempt of this browser that waits in the given status.
async fn find_open(visit: &mut Visit, id: &str, status: &str) -> Result<SignIn> {
    let sign_in = find(visit, id).await?;
    if sign_in.status != status || sign_in.abandon_at <= visit.now {
        let text = "This sign in attempt does not allow this step. Please start again.";
        let code = "sign_in_cannot_be_updated";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    }
    Ok(sign_in)
}

/// The user of an attempt, locked. Where it is kept secret who has an account, nobody for whoever
/// may not sign in: the attempt goes on and comes to nothing, like a stranger's.
async fn admitted_or_nobody(visit: &mut Visit, user_id: Option<&str>) -> Result<Option<Person>> {
    if !visit.idp.settings().identification.enumeration_protection {
        return admitted(visit, user_id).await.map(Some);
    }
    let person = match user_id {
        Some(user_id) => people::find_locked(&mut visit.tx, user_id).await?,
        None => None,
    };
    let now = visit.now;
    Ok(person.filter(|person| !person.user.banned && !person.user.is_locked(now)))
}

/// The user of an attempt, locked; refused where sign-in is closed to the user.
pub async fn admitted(visit: &mut Visit, user_id: Option<&str>) -> Result<Person> {
    let person = match user_id {
        Some(user_id) => people::find_locked(&mut visit.tx, user_id).await?,
        None => None,
    };
    let person = person.ok_or_else(|| Refusal::not_found("User"))?;
    refuse_closed(&person, visit.now)?;
    Ok(person)
}

/// Refuses a person to whom sign-in is closed.
pub fn refuse_closed(person: &Person, now: Timestamp) -> Result<(), Refusal> {
    if person.user.banned {
        return Err(user_banned());
    }
    if person.user.is_locked(now) {
        return Err(user_locked(person, now));
    }
    Ok(())
}

/// The refusal of a person who is locked out for a while.
pub fn user_locked(person: &Person, now: Timestamp) -> Refusal {
    let until = person.user.locked_until.unwrap_or(now);
    let seconds = (until.as_second() - now.as_second()).max(1);
    let text = "Your account is locked. Please try again later, or contact support.";
    Refusal::new(StatusCode::FORBIDDEN, "user_locked", text)
        .meta("lockout_expires_in_seconds", seconds.into())
}

/// Counts a wrong answer of a locked user, for good: commits, then refuses.
pub async fn fail(mut visit: Visit, person: &Person, refusal: Refusal) -> Result<Response> {
    let lockout = visit.idp.config().lockout;
    let duration = SignedDuration::try_from(lockout.duration).unwrap_or(SignedDuration::MAX);
    let until = visit.now.saturating_add(duration).unwrap_or(Timestamp::MAX);
    users::count_failure(&mut visit.tx, &person.user.id, lockout.max_attempts, until).await?;
    visit.commit().await?;
    Err(refusal.into())
}

/// The refusal of a wrong password.
pub fn password_incorrect() -> Refusal {
    let text = "Password is incorrect. Try again, or use another method.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_password_incorrect", text).param("password")
}
