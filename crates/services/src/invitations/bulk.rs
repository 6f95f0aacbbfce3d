//! Many invitations at once: decided in one transaction, sent by the queue.

use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_kernel::policy::permission;
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::idempotency::First;
use serde_json::{Value, json};

use super::create::insert;
use super::{NewInvitation, check_rate, enqueue};
use crate::idempotency::IdempotencyKey;
use crate::members::act::Act;
use crate::{Caller, Error, Result};

/// The operation, as keys know it.
const OPERATION: &str = "invitations.create-bulk";

/// What became of one of many.
#[derive(Debug)]
pub struct Outcome {
    /// The address as it was sent.
    pub email: String,
    /// The invitation, which is on its way, or why there is none.
    pub result: std::result::Result<InvitationId, Code>,
}

/// Invites several addresses; what is refused of one does not stop the others. They are sent right
/// after, and lists show how far they are.
///
/// # Errors
/// As [`Act::begin`]; `RATE_LIMITED` for all; what one is refused for where none could be invited;
/// `IDEMPOTENCY_MISMATCH`.
pub async fn create_bulk(
    caller: &Caller,
    org: OrgId,
    wanted: &[NewInvitation],
    key: Option<&IdempotencyKey>,
) -> Result<Vec<Outcome>> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_INVITE)).await?;
    let request = act.app().env().uuid();
    if let Some(first) = act.repeated(key, OPERATION, request).await? {
        return told_before(wanted, &first);
    }
    check_rate(&mut act, wanted.len()).await?;
    let mut outcomes = Vec::with_capacity(wanted.len());
    let mut refusals = Vec::new();
    for new in wanted {
        let id = InvitationId::from(act.app().env().uuid());
        let result = match insert(&mut act, id, new).await {
            Ok(row) => {
                let now = act.now;
                enqueue(&mut act, (row.id, row.sending), None, now).await?;
                Ok(row.id)
            }
            Err(Error::Problem(problem)) => {
                let code = problem.code();
                refusals.push(problem);
                Err(code)
            }
            Err(fault) => return Err(fault),
        };
        let email = new.email.clone();
        outcomes.push(Outcome { email, result });
    }
    if refusals.len() == wanted.len() {
        return Err(worst(refusals).into());
    }
    act.keep(key, OPERATION, &told(&outcomes)).await?;
    act.commit().await?;
    caller.app.wake_worker();
    Ok(outcomes)
}

/// What is kept of an answer: no address.
fn told(outcomes: &[Outcome]) -> Value {
    let one = |outcome: &Outcome| match outcome.result {
        Ok(id) => json!({"id": id}),
        Err(code) => json!({"code": code}),
    };
    outcomes.iter().map(one).collect()
}

/// The same answer as the first time.
fn told_before(wanted: &[NewInvitation], first: &First) -> Result<Vec<Outcome>> {
    let told = first.answer.as_ref().and_then(Value::as_array);
    let told = told.filter(|told| told.len() == wanted.len());
    let unreadable = || Error::Inconsistent("what a key was answered cannot be read".to_owned());
    let read = |new: &NewInvitation, one: &Value| -> Result<Outcome> {
        let id = one["id"].as_str().and_then(|id| id.parse().ok());
        let known = |code: &&Code| one["code"] == code.as_str();
        let result = match (id, Code::ALL.iter().find(known)) {
            (Some(id), _) => Ok(id),
            (None, Some(code)) => Err(*code),
            (None, None) => return Err(unreadable()),
        };
        let email = new.email.clone();
        Ok(Outcome { email, result })
    };
    let told = told.ok_or_else(unreadable)?;
    wanted.iter().zip(told).map(|(n, o)| read(n, o)).collect()
}

/// The refusal where nobody could be invited: that of a role above one's own before any other.
fn worst(refusals: Vec<Problem>) -> Problem {
    let is_rank = |p: &Problem| p.code() == Code::PermissionRoleInsufficient;
    let mut refusals = refusals.into_iter();
    let first = refusals.next().unwrap_or_else(Problem::conflict);
    if is_rank(&first) {
        return first;
    }
    refusals.find(is_rank).unwrap_or(first)
}
