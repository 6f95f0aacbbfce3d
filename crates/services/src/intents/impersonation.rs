//! The ends of impersonations at the provider. Here nobody acts by them any more: this is so that
//! the browser is signed out too.

use bailiwick_clerk::api::{ApiError, ListPage};
use bailiwick_kernel::id::ImpersonationId;
use bailiwick_store::intents::Claimed;
use serde::{Deserialize, Serialize};

use super::{Step, settle};
use crate::{App, Result};

/// The ticket or the session of an impersonation is to be ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EndImpersonation {
    pub impersonation: ImpersonationId,
    pub clerk_user_id: String,
    pub clerk_actor_token_id: String,
    /// Where it was used here.
    pub clerk_session_id: Option<String>,
}

impl Step for EndImpersonation {
    const KIND: &'static str = "impersonation.end";
}

/// Ends the session, or takes the ticket back; where it was used and never here, the session is
/// looked for.
pub(super) async fn end(app: &App, claimed: &Claimed) -> Result<()> {
    let end = EndImpersonation::read(claimed)?;
    match &end.clerk_session_id {
        Some(session) => end_session(app, session).await?,
        None => {
            let token = &end.clerk_actor_token_id;
            let is_used = is_refused(app.clerk().revoke_actor_token(token).await)?;
            if is_used {
                end_sessions_of(app, &end).await?;
            }
        }
    }
    settle(app, claimed, "done").await
}

async fn end_sessions_of(app: &App, end: &EndImpersonation) -> Result<()> {
    let id = end.impersonation.to_string();
    let page = ListPage::FIRST;
    let sessions = app
        .clerk()
        .list_active_sessions(&end.clerk_user_id, page)
        .await?;
    for session in sessions {
        if session.actor_text("impersonation") == Some(&id) {
            end_session(app, &session.id).await?;
        }
    }
    Ok(())
}

/// A session that is over, or that nobody knows, is one that has ended.
async fn end_session(app: &App, session: &str) -> Result<()> {
    is_refused(app.clerk().revoke_session(session).await).map(drop)
}

fn is_refused<T>(answer: Result<T, ApiError>) -> Result<bool> {
    match answer {
        Ok(_) => Ok(false),
        Err(error) if error.is_refusal() => Ok(true),
        Err(error) => Err(error.into()),
    }
}
