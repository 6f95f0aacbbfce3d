//! The user of a session proves once more who it is, before a sensitive change.

mod demand;
mod first;
mod second;
mod start;

pub use demand::demand;

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use http::StatusCode;
use jiff::Timestamp;

use super::visit::{Visit, user_banned};
use super::{Frontend, piggyback, sign_ins};
use crate::domain::people;
use crate::error::{Error, Refusal, Result};
use crate::model;
use crate::model::user::Person;
use crate::store::reverifications::{self as rows, Reverification};
use crate::store::sessions::{self, Session};
use crate::store::verifications::Verification;

/// The routes under `/client/sessions`.
pub fn reverification_routes() -> Router<Frontend> {
    let at = |action: &str| format!("/client/sessions/{{id}}/verify{action}");
    Router::new()
        .route(&at(""), post(start::start))
        .route(&at("/prepare_first_factor"), post(first::prepare))
        .route(&at("/attempt_first_factor"), post(first::attempt))
        .route(&at("/prepare_second_factor"), post(second::prepare))
        .route(&at("/attempt_second_factor"), post(second::attempt))
}

/// A session of this browser, and its user, locked; 401 for any other session, 403 for a user to
/// whom sign-in is closed.
async fn begin(visit: &mut Visit, session_id: &str) -> Result<(Session, Person)> {
    let session = visit.session(session_id).await?;
    let person = people::find_locked(&mut visit.tx, &session.user_id)
        .await?
        .ok_or_else(Refusal::signed_out)?;
    if person.user.banned {
        return Err(user_banned().into());
    }
    if person.user.is_locked(visit.now) {
        return Err(sign_ins::user_locked(&person, visit.now).into());
    }
    Ok((session, person))
}

/// What the session asks for, where it waits for this factor.
async fn find(visit: &mut Visit, session: &Session, status: &str) -> Result<Reverification> {
    let row = rows::find(&mut visit.tx, &session.id).await?;
    Ok(row.filter(|row| row.status == status).ok_or_else(|| {
        let text = "This reverification does not allow this step. Please start again.";
        let code = "session_reverification_cannot_be_updated";
        Refusal::new(StatusCode::BAD_REQUEST, code, text)
    })?)
}

/// Which factor was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    First,
    Second,
}

/// Takes a factor that was right, just now: the age that tokens tell begins anew.
async fn take(
    visit: &mut Visit,
    session: &Session,
    row: &mut Reverification,
    given: Given,
    proof: Verification,
) -> Result<()> {
    let now: Option<Timestamp> = Some(visit.now);
    let mut session = sessions::find_locked(&mut visit.tx, &session.id)
        .await?
        .ok_or_else(Refusal::signed_out)?;
    match given {
        Given::First => {
            session.first_factor_at = now;
            row.first_factor = Some(proof);
        }
        Given::Second => {
            session.second_factor_at = now;
            row.second_factor = Some(proof);
        }
    }
    let more = given == Given::First && row.level == "multi_factor";
    let status = if more {
        "needs_second_factor"
    } else {
        "complete"
    };
    status.clone_into(&mut row.status);
    sessions::save(&mut visit.tx, &mut session, visit.now).await?;
    rows::save(&mut visit.tx, row).await
}

async fn answer(mut visit: Visit, row: &Reverification, person: &Person) -> Result<Response> {
    let session = sessions::find(&mut visit.tx, &row.session_id).await?;
    let session = session.ok_or_else(Refusal::signed_out)?;
    let shown = piggyback::sessions_of(&mut visit, &[session])
        .await?
        .pop()
        .ok_or_else(|| Error::Internal("a session without its user".to_owned()))?;
    let settings = visit.idp.settings();
    let value = model::reverification::reverification(&settings, row, person, shown, visit.now);
    visit.answer(value).await
}
