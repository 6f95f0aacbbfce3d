//! The jobs there are: what each carries, how often it is tried, and what runs it.
//!
//! A job is run at least once, so running it twice must do what running it once does.

use std::time::Duration;

use bailiwick_kernel::id::{DocumentId, OrgId, UserId};
use bailiwick_store::jobs::{Job, NewJob};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    App, Error, Result, documents, inbox, intents, moves, plans, provisioning, removals, sync,
};

/// A message of the inbox is to be processed.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProcessMessage {
    /// The message's id.
    pub id: String,
}

/// A tenant is to be made.
#[derive(Debug, Serialize, Deserialize)]
pub struct Provision {
    /// The organization.
    pub org: OrgId,
}

/// A tenant is to be brought to the tier that it ought to be in.
#[derive(Debug, Serialize, Deserialize)]
pub struct MoveTenant {
    /// The organization.
    pub org: OrgId,
}

/// A member's projection is to be brought up to date.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProjectMember {
    /// The organization.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
}

/// Objects of documents that are gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteObjects {
    /// Their keys.
    pub keys: Vec<String>,
}

/// A document that was announced and perhaps never came.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpireDocument {
    /// The organization.
    pub org: OrgId,
    /// The document.
    pub document: DocumentId,
}

/// What was decided about a subject is to be done at the provider.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendIntents {
    /// The subject.
    pub subject: String,
}

/// What an organization pays for may be over.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReviewPlan {
    /// The organization.
    pub org: OrgId,
}

/// The removal of an organization that was deleted is to go on.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemoveTenant {
    /// The organization.
    pub org: OrgId,
}

/// A kind of job.
trait Kind: Serialize + DeserializeOwned {
    const NAME: &'static str;
    const MAX_ATTEMPTS: i32;
}

impl Kind for ProcessMessage {
    const NAME: &'static str = "inbox.process";
    const MAX_ATTEMPTS: i32 = 3;
}

impl Kind for Provision {
    const NAME: &'static str = "tenants.provision";
    const MAX_ATTEMPTS: i32 = 3;
}

impl Kind for MoveTenant {
    const NAME: &'static str = "tenants.move";
    // About three days.
    const MAX_ATTEMPTS: i32 = 450;
}

impl Kind for ProjectMember {
    const NAME: &'static str = "members.project";
    const MAX_ATTEMPTS: i32 = 10;
}

impl Kind for DeleteObjects {
    const NAME: &'static str = "objects.delete";
    const MAX_ATTEMPTS: i32 = 20;
}

impl Kind for ExpireDocument {
    const NAME: &'static str = "documents.expire";
    const MAX_ATTEMPTS: i32 = 20;
}

impl Kind for ReviewPlan {
    const NAME: &'static str = "plans.review";
    const MAX_ATTEMPTS: i32 = 20;
}

/// Every kind of job, for metrics.
pub(crate) const KINDS: [&str; 9] = [
    ProcessMessage::NAME,
    Provision::NAME,
    MoveTenant::NAME,
    ProjectMember::NAME,
    DeleteObjects::NAME,
    ExpireDocument::NAME,
    SendIntents::NAME,
    ReviewPlan::NAME,
    RemoveTenant::NAME,
];

impl Kind for RemoveTenant {
    // The store of statements names it too: the removal leaves its own job alone.
    const NAME: &'static str = "tenants.remove";
    const MAX_ATTEMPTS: i32 = 20;
}

impl Kind for SendIntents {
    const NAME: &'static str = "intents.send";
    // About two hours; until then the provider may be away.
    const MAX_ATTEMPTS: i32 = 20;
}

fn job<K: Kind>(kind: &K, unique_key: Option<String>, run_at: Timestamp) -> NewJob {
    NewJob {
        kind: K::NAME,
        payload: serde_json::to_value(kind).unwrap_or(Value::Null),
        unique_key,
        run_at,
        max_attempts: K::MAX_ATTEMPTS,
    }
}

impl ProcessMessage {
    /// The job for the message `id`.
    #[must_use]
    pub fn of(id: &str, now: Timestamp) -> NewJob {
        job(
            &Self { id: id.to_owned() },
            Some(format!("{}:{id}", Self::NAME)),
            now,
        )
    }
}

impl Provision {
    /// The job for `org`.
    #[must_use]
    pub fn of(org: OrgId, now: Timestamp) -> NewJob {
        job(&Self { org }, Some(Self::key(org)), now)
    }

    /// The key of the job for `org`.
    pub(crate) fn key(org: OrgId) -> String {
        format!("{}:{org}", Self::NAME)
    }
}

impl MoveTenant {
    /// The job for `org`, at `at`.
    #[must_use]
    pub fn of(org: OrgId, at: Timestamp) -> NewJob {
        job(&Self { org }, Some(format!("{}:{org}", Self::NAME)), at)
    }
}

impl ProjectMember {
    /// The job for `user` in `org`.
    #[must_use]
    pub fn of(org: OrgId, user: UserId, now: Timestamp) -> NewJob {
        job(
            &Self { org, user },
            Some(format!("{}:{org}:{user}", Self::NAME)),
            now,
        )
    }
}

impl ReviewPlan {
    /// The job for `org` at `at`: one for each such time, since an earlier one may become due first.
    #[must_use]
    pub fn of(org: OrgId, at: Timestamp) -> NewJob {
        let key = format!("{}:{org}:{}", Self::NAME, at.as_millisecond());
        job(&Self { org }, Some(key), at)
    }
}

impl DeleteObjects {
    /// The job for `keys`, at `at`.
    #[must_use]
    pub fn of(keys: &[String], at: Timestamp) -> NewJob {
        job(
            &Self {
                keys: keys.to_vec(),
            },
            None,
            at,
        )
    }
}

impl ExpireDocument {
    /// The job for `document`, at `at`.
    #[must_use]
    pub fn of(org: OrgId, document: DocumentId, at: Timestamp) -> NewJob {
        job(&Self { org, document }, None, at)
    }
}

impl SendIntents {
    /// The job for `subject`, at `at`.
    #[must_use]
    pub fn of(subject: &str, at: Timestamp) -> NewJob {
        let subject = subject.to_owned();
        job(&Self { subject }, None, at)
    }
}

impl RemoveTenant {
    /// The job for `org`, at `at`.
    #[must_use]
    pub fn of(org: OrgId, at: Timestamp) -> NewJob {
        job(&Self { org }, Some(format!("{}:{org}", Self::NAME)), at)
    }
}

fn read<K: Kind>(payload: &Value) -> Result<K> {
    K::deserialize(payload).map_err(|e| Error::Inconsistent(format!("payload of {}: {e}", K::NAME)))
}

/// Runs a job. No transaction is held meanwhile but those that the job opens itself.
///
/// # Errors
/// The job's own: it is tried again, later.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    match job.kind.as_str() {
        ProcessMessage::NAME => {
            inbox::process(app, &read::<ProcessMessage>(&job.payload)?.id).await
        }
        Provision::NAME => provisioning::run(app, read::<Provision>(&job.payload)?.org).await,
        MoveTenant::NAME => moves::run(app, read::<MoveTenant>(&job.payload)?.org).await,
        ProjectMember::NAME => {
            let ProjectMember { org, user } = read(&job.payload)?;
            sync::memberships::project(app, org, user).await
        }
        DeleteObjects::NAME => {
            documents::delete_objects(app, &read::<DeleteObjects>(&job.payload)?.keys).await
        }
        ExpireDocument::NAME => {
            let ExpireDocument { org, document } = read(&job.payload)?;
            documents::expire(app, org, document).await
        }
        SendIntents::NAME => intents::send(app, &read::<SendIntents>(&job.payload)?.subject).await,
        ReviewPlan::NAME => plans::review(app, read::<ReviewPlan>(&job.payload)?.org).await,
        RemoveTenant::NAME => removals::run(app, read::<RemoveTenant>(&job.payload)?.org).await,
        other => Err(Error::Inconsistent(format!(
            "no job of kind {other} is known"
        ))),
    }
}

/// What is left to do when a job has been tried in vain as often as it may.
///
/// # Errors
/// The database's.
pub async fn give_up(app: &App, job: &Job, reason: &str) -> Result<()> {
    match job.kind.as_str() {
        ProcessMessage::NAME => {
            inbox::bury(app, &read::<ProcessMessage>(&job.payload)?.id, reason).await
        }
        Provision::NAME => {
            provisioning::fail(app, read::<Provision>(&job.payload)?.org, reason).await
        }
        MoveTenant::NAME => {
            moves::give_up(app, read::<MoveTenant>(&job.payload)?.org, reason).await
        }
        SendIntents::NAME => {
            intents::give_up(app, &read::<SendIntents>(&job.payload)?.subject).await
        }
        _ => Ok(()),
    }
}

/// The longest that the provider may make a job wait: its limits are counted in windows of ten
/// seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait after the `attempt`th try failed: 1 s, 2 s, 4 s, … at most 10 min, with up to
/// a quarter more at random; longer where the provider `asked` for it.
#[must_use]
pub fn backoff(app: &App, attempt: i32, asked: Option<Duration>) -> SignedDuration {
    let exponent = u32::try_from(attempt.clamp(1, 11) - 1).unwrap_or(0);
    let millis = (1000_i64 << exponent).min(600_000);
    let jitter = i64::from(app.env().bytes::<1>()[0]) * millis / 1024;
    let ours = SignedDuration::from_millis(millis + jitter);
    let theirs = asked.map(|asked| asked.min(PATIENCE));
    let theirs = theirs.and_then(|asked| SignedDuration::try_from(asked).ok());
    theirs.map_or(ours, |theirs| ours.max(theirs))
}
