//! Many invitations at once: decided in one transaction, sent by the queue.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::policy::permission;
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::invitations::Invitation;

use super::create::insert;
use super::{NewInvitation, check_rate, enqueue};
use crate::members::act::Act;
use crate::{Caller, Error, Result};

/// What became of one of many.
#[derive(Debug)]
pub struct Outcome {
    /// The address as it was sent.
    pub email: String,
    /// The invitation, which is on its way, or why there is none.
    pub result: std::result::Result<Invitation, Problem>,
}

/// Invites several addresses; what is refused of one does not stop the others. They are sent right
/// after, and lists show how far they are.
///
/// # Errors
/// As [`Act::begin`]; `RATE_LIMITED` for all; `CONFLICT_ALREADY_EXISTS` where none could be invited.
pub async fn create_bulk(
    caller: &Caller,
    org: OrgId,
    wanted: &[NewInvitation],
) -> Result<Vec<Outcome>> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_INVITE)).await?;
    check_rate(&mut act, wanted.len()).await?;
    let mut outcomes = Vec::with_capacity(wanted.len());
    for new in wanted {
        let result = match insert(&mut act, new).await {
            Ok(row) => {
                let now = act.now;
                enqueue(&mut act, (row.id, row.sending), None, now).await?;
                Ok(row)
            }
            Err(Error::Problem(problem)) => Err(problem),
            Err(fault) => return Err(fault),
        };
        let email = new.email.clone();
        outcomes.push(Outcome { email, result });
    }
    if outcomes.iter().all(|outcome| outcome.result.is_err()) {
        return Err(worst(outcomes).into());
    }
    act.commit().await?;
    caller.app.wake_worker();
    Ok(outcomes)
}

/// The refusal where nobody could be invited: that of a role above one's own before any other.
fn worst(outcomes: Vec<Outcome>) -> Problem {
    let mut refusals = outcomes.into_iter().filter_map(|o| o.result.err());
    let first = refusals.next();
    let rank = refusals.find(|p| p.code() == Code::PermissionRoleInsufficient);
    rank.or(first).unwrap_or_else(Problem::conflict)
}
