//! Sessions are facts, not state: they begin and end in the audit.

use bailiwick_clerk::resources::Session;
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use serde_json::json;

use super::{Outcome, Word, Work};
use crate::{App, Result};

/// Records that a session began or ended.
///
/// # Errors
/// The database's.
pub async fn record(app: &App, tx: Tx, session: &Session, word: Word) -> Result<Outcome> {
    let mut work = Work::Control(tx);
    let action = format!("sessions.{}", session.status);
    let fact = Fact {
        impersonator: session.actor_text("sub"),
        after: Some(json!({"clerkUserId": session.user_id})),
        ..Fact::impersonal(app.env(), word.origin(), &action, ("session", &session.id))
    };
    work.record(app, &fact).await?;
    work.commit().await?;
    Ok(Outcome::Done)
}
