//! An impersonation is ended: here at once, then at the provider.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{ImpersonationId, IntentId, UserId};
use bailiwick_store::audit::Fact;
use bailiwick_store::impersonations::{self, Impersonation};
use bailiwick_store::intents::NewIntent;
use bailiwick_store::users;
use serde_json::json;

use super::{Shown, may};
use crate::intents::{EndImpersonation, Progress, Step as _, add, after_grace, send_now, subject};
use crate::{Caller, Result};

/// Ends an impersonation, anybody's. Once it is over it stays as it is.
///
/// # Errors
/// `NOT_FOUND`, also for who may not act for others.
pub async fn end(caller: &Caller, id: ImpersonationId) -> Result<(Shown, Progress)> {
    if !may(caller) {
        return Err(Problem::not_found().into());
    }
    finish(caller, id, caller.user()).await
}

/// Ends the impersonation by which somebody acts for the caller.
///
/// # Errors
/// `NOT_FOUND` where nobody does.
pub async fn end_own(caller: &Caller) -> Result<(Shown, Progress)> {
    let acting = caller.acting().ok_or_else(Problem::not_found)?;
    finish(caller, acting.id, acting.impersonator).await
}

async fn finish(caller: &Caller, id: ImpersonationId, by: UserId) -> Result<(Shown, Progress)> {
    let app = &caller.app;
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    let row = impersonations::lock(&mut tx, id).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    if row.ended_at.is_some() || row.expires_at <= now {
        tx.commit().await?;
        return Ok((Shown::now(app, row), Progress::Done));
    }
    impersonations::end(&mut tx, id, Some(by), None, now).await?;
    let object = id.to_string();
    let fact = Fact {
        after: Some(json!({"userId": row.user})),
        ..caller.fact(now, "impersonations.end", ("impersonation", &object))
    };
    app.store().record(&mut tx, &fact).await?;
    let theirs = users::find_acting(&mut tx, row.user).await?;
    let clerk_user_id = theirs.and_then(|user| user.clerk_user_id);
    let subject = subject::impersonation(id);
    let intent = match (&row.clerk_actor_token_id, &clerk_user_id) {
        (Some(token), Some(clerk_user_id)) => {
            let step = EndImpersonation {
                impersonation: id,
                clerk_user_id: clerk_user_id.clone(),
                clerk_actor_token_id: token.clone(),
                clerk_session_id: row.clerk_session_id.clone(),
            };
            let intent = IntentId::from(app.env().uuid());
            let new = NewIntent {
                id: intent,
                subject: &subject,
                kind: EndImpersonation::KIND,
                payload: step.payload(),
                org: None,
                requested_by: by,
                holds: None,
            };
            add(app, &mut tx, &new, after_grace(app)).await?;
            Some(intent)
        }
        // The provider has made no ticket that counts, or has no such user any more.
        _ => None,
    };
    tx.commit().await?;
    if let Some(clerk_user_id) = &clerk_user_id {
        app.user_changed(clerk_user_id);
    }
    let progress = match intent {
        Some(intent) => send_now(app, &subject, intent).await?.0,
        None => Progress::Done,
    };
    let row = Impersonation {
        ended_at: Some(now),
        ended_by: Some(by),
        ..row
    };
    Ok((Shown::now(app, row), progress))
}
