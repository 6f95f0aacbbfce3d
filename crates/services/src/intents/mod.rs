//! What is done at the provider because of a decision here.
//!
//! The decision and an intent commit together; the call is made outside of any transaction, by the
//! request at once and by a job where that did not end, and what came of it commits with the end of
//! the intent. Every step can be repeated. Intents of one subject are sent one after the other.
//!
//! What takes rights away is in force here before it is sent; what gives rights is done there first.
//! Meanwhile an intent *holds* its subject: no event brings back what was taken, or gives more than
//! was decided.

mod impersonation;
pub(crate) mod membership;
mod organization;
pub(crate) mod removal;
mod sending;

use bailiwick_clerk::api::ApiError;
use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{IntentId, JobId};
use bailiwick_pg::Tx;
use bailiwick_store::intents::{self, Claimed, NewIntent, Standing};
use bailiwick_store::jobs as queue;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::jobs::SendIntents;
use crate::{App, Error, Result};

pub(crate) use impersonation::EndImpersonation;
pub(crate) use membership::{SetRole, Transfer};
pub(crate) use organization::{Create, Rename, Request};
pub(crate) use removal::Remove;
pub(crate) use sending::{Revoke, Send};

/// A claim holds for so long: longer than a call with its repetitions takes.
const CLAIM: SignedDuration = SignedDuration::from_secs(60);
/// A request that decides sends at once; the job is for where it did not get so far.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// Intents of one subject that one run sends at most.
const RUN_MAX: usize = 16;
/// Settled intents are kept for so long.
const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What holds a membership that has been ended here.
pub(crate) const REMOVED: &str = "removed";
/// What holds an invitation that has been taken back here.
pub(crate) const REVOKED: &str = "revoked";

/// Subjects: what intents are about.
pub(crate) mod subject {
    use bailiwick_kernel::id::{ImpersonationId, InvitationId, OrgId, UserId};

    pub(crate) fn member(org: OrgId, user: UserId) -> String {
        format!("member:{org}:{user}")
    }

    pub(crate) fn invitation(id: InvitationId) -> String {
        format!("invitation:{id}")
    }

    pub(crate) fn impersonation(id: ImpersonationId) -> String {
        format!("impersonation:{id}")
    }

    pub(crate) fn organization(org: OrgId) -> String {
        format!("organization:{org}")
    }

    /// The organizations that a user makes.
    pub(crate) fn organizations_of(user: UserId) -> String {
        format!("organizations-of:{user}")
    }
}

/// What an intent's step needs.
pub(crate) trait Step: Serialize + DeserializeOwned {
    const KIND: &'static str;

    fn payload(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    fn read(claimed: &Claimed) -> Result<Self> {
        Self::deserialize(&claimed.payload)
            .map_err(|e| Error::Inconsistent(format!("payload of {}: {e}", Self::KIND)))
    }
}

/// How what was decided stands, as its requester is shown it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Done, here and there.
    Done,
    /// Decided here and not done there yet; tried again by itself.
    Pending,
    /// The provider refused, or could not be reached for hours.
    Failed,
}

impl Progress {
    /// The word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn of(standing: Option<&Standing>) -> Self {
        match standing.map(|s| s.state.as_str()) {
            Some("pending") => Self::Pending,
            Some("failed") => Self::Failed,
            _ => Self::Done,
        }
    }
}

/// Adds an intent, and the job that sees to it at `at`, in the transaction that decided it.
pub(crate) async fn add(app: &App, tx: &mut Tx, new: &NewIntent<'_>, at: Timestamp) -> Result<()> {
    let now = app.env().now();
    intents::insert(tx, new, now).await?;
    let job = JobId::from(app.env().uuid());
    queue::enqueue(tx, job, &SendIntents::of(new.subject, at), now).await?;
    Ok(())
}

/// When the job of an intent is due that its request sends itself.
pub(crate) fn after_grace(app: &App) -> Timestamp {
    app.env().now() + GRACE
}

/// Sends what is open of a subject, now; how the intent stands then, with what went wrong.
pub(crate) async fn send_now(
    app: &App,
    subject: &str,
    id: IntentId,
) -> Result<(Progress, Option<String>)> {
    if let Err(error) = send(app, subject).await {
        tracing::warn!(%error, "what was decided is not done at the provider yet");
    }
    let standing = app.store().find_intent(id).await?;
    let progress = Progress::of(standing.as_ref());
    Ok((progress, standing.and_then(|s| s.error)))
}

/// Sends what is open of a subject, in order.
///
/// # Errors
/// The provider's where it could not be asked, the database's: tried again, later. Also where
/// another is at it.
pub async fn send(app: &App, subject: &str) -> Result<()> {
    for _ in 0..RUN_MAX {
        let now = app.env().now();
        let claimed = app.store().claim_intent(subject, now, now + CLAIM).await?;
        let Some(claimed) = claimed else {
            if app.store().has_open_intent(subject).await? {
                return Err(Problem::unavailable(2).into());
            }
            return Ok(());
        };
        let sent = step(app, &claimed).await;
        let error = sent.as_ref().err().map(reason);
        let now = app.env().now();
        // Nothing where the step has settled it.
        app.store()
            .release_intent(&claimed, error.as_deref(), now)
            .await?;
        sent?;
    }
    Ok(())
}

async fn step(app: &App, claimed: &Claimed) -> Result<()> {
    match claimed.kind.as_str() {
        SetRole::KIND => membership::set_role(app, claimed).await,
        Transfer::KIND => membership::transfer(app, claimed).await,
        Remove::KIND => removal::remove(app, claimed).await,
        Send::KIND => sending::send(app, claimed).await,
        Revoke::KIND => sending::revoke(app, claimed).await,
        Rename::KIND => organization::rename(app, claimed).await,
        Create::KIND => organization::create(app, claimed).await,
        EndImpersonation::KIND => impersonation::end(app, claimed).await,
        other => Err(Error::Inconsistent(format!(
            "no intent of kind {other} is known"
        ))),
    }
}

/// Ends an intent of a claim that is still ours in `state`, and nothing else.
async fn settle(app: &App, claimed: &Claimed, state: &str) -> Result<()> {
    let mut tx = app.store().control().await?;
    if intents::lock_claimed(&mut tx, claimed).await? {
        let now = app.env().now();
        intents::settle(&mut tx, claimed.id, state, None, now).await?;
    }
    Ok(tx.commit().await?)
}

/// What went wrong, in a word that may be stored and shown: the provider's code, never its text.
fn reason(error: &Error) -> String {
    match error {
        Error::Provider(error) => refusal(error),
        Error::Problem(problem) => problem.code().as_str().to_lowercase(),
        Error::Data(_)
        | Error::Objects(_)
        | Error::Inconsistent(_)
        | Error::Archive(_)
        | Error::Command(_) => "internal".to_owned(),
    }
}

/// The code of a refusal of the provider.
pub(crate) fn refusal(error: &ApiError) -> String {
    match (error.code(), error.status()) {
        (Some(code), _) => code.chars().take(100).collect(),
        (None, Some(status)) => format!("status_{status}"),
        (None, None) => "provider_unreachable".to_owned(),
    }
}

/// Gives up what has been tried in vain for hours. It stays, visible, and holds what it takes away;
/// the same decision once more tries again.
///
/// # Errors
/// The database's.
pub async fn give_up(app: &App, subject: &str) -> Result<()> {
    let now = app.env().now();
    let given_up = app
        .store()
        .give_up_intents(subject, "provider_unreachable", now)
        .await?;
    metrics::counter!("intents_failed").increment(given_up);
    Ok(())
}

/// Removes what was settled more than 30 days ago, a bite at a time.
///
/// # Errors
/// The database's.
pub async fn purge(app: &App) -> Result<u64> {
    let before = app.env().now() - RETENTION;
    Ok(app.store().purge_intents(before).await?)
}
