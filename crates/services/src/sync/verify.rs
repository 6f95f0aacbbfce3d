//! Memberships are verified again while they are used, since a webhook may have been lost.
//!
//! What the provider said about a membership counts for a while ([`crate::SyncRules::verify_after`]):
//! an answer of its API, or a session token that names the organization with the role that we know,
//! which it signs for members alone. A use after that is answered by the mirror and asks in the
//! background: many members of one organization with one call, each once at a time, and never more
//! calls a second than the rules allow. So an end or a change that nobody told us of is in force
//! after `max(verify_after, organizations in use / calls a second)` and the time of one call.
//!
//! Where the provider does not answer, the mirror stands.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bailiwick_clerk::api::MAX_AMONG;
use bailiwick_clerk::resources::Membership;
use bailiwick_clerk::session::SessionClaims;
use bailiwick_store::context::Context;
use jiff::Timestamp;
use moka::sync::Cache;
use tokio::sync::Notify;

use super::sweep::{self, Differs, Mode, Pace, compare, key_of, unless_gone};
use crate::{App, Result};

/// Memberships that wait to be verified. More are asked about at their next use.
const DUE_MAX: usize = 100_000;
/// A membership that nobody has used for so long is forgotten.
const IDLE: Duration = Duration::from_secs(600);
/// After a call that failed, the provider is left alone for so long at least…
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// …and at most.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// When the provider last confirmed a membership.
pub(crate) struct Proof {
    user: Arc<str>,
    org: Arc<str>,
    /// Milliseconds of the epoch.
    at_ms: AtomicI64,
    is_due: AtomicBool,
}

/// Every membership in use, and those that wait.
pub(crate) struct Proofs {
    known: Cache<(Arc<str>, Arc<str>), Arc<Proof>>,
    due: Mutex<Vec<Arc<Proof>>>,
    wake: Notify,
    pace: Pace,
}

impl Proofs {
    pub fn new(calls_per_second: u32) -> Self {
        Self {
            known: Cache::builder()
                .max_capacity(200_000)
                .time_to_idle(IDLE)
                .build(),
            due: Mutex::default(),
            wake: Notify::new(),
            pace: Pace::new(calls_per_second),
        }
    }

    fn due(&self) -> MutexGuard<'_, Vec<Arc<Proof>>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts it among those that wait, once.
    fn ask_for(&self, proof: &Arc<Proof>) {
        if proof.is_due.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut due = self.due();
        if due.len() < DUE_MAX {
            due.push(Arc::clone(proof));
            drop(due);
            self.wake.notify_one();
        } else {
            drop(due);
            proof.is_due.store(false, Ordering::Release);
            count("postponed");
        }
    }
}

impl Proof {
    fn is_older_than(&self, after: Duration, now: Timestamp) -> bool {
        let age = now.as_millisecond() - self.at_ms.load(Ordering::Acquire);
        u128::try_from(age).is_ok_and(|age| age >= after.as_millis())
    }

    fn confirm(&self, at: Timestamp) {
        self.at_ms.fetch_max(at.as_millisecond(), Ordering::AcqRel);
    }

    fn settle(&self) {
        self.is_due.store(false, Ordering::Release);
    }
}

fn count(result: &'static str) {
    metrics::counter!("sync_verifications", "result" => result).increment(1);
}

impl App {
    /// What is known of the membership that a context stands on; none where it stands on none, or
    /// nothing is verified here.
    pub(crate) fn proof_of(&self, claims: &SessionClaims, context: &Context) -> Option<Arc<Proof>> {
        self.settings().sync.verify_after?;
        let org = context.organization.as_ref()?;
        let is_active = org
            .membership
            .as_ref()
            .is_some_and(|m| m.status == "active");
        if !is_active {
            return None;
        }
        let user: Arc<str> = claims.user_id.as_str().into();
        let org: Arc<str> = org.clerk_org_id.as_str().into();
        let new = || {
            Arc::new(Proof {
                user: Arc::clone(&user),
                org: Arc::clone(&org),
                at_ms: AtomicI64::new(0),
                is_due: AtomicBool::new(false),
            })
        };
        let key = (Arc::clone(&user), Arc::clone(&org));
        Some(self.inner().proofs.known.get_with(key, new))
    }

    /// The membership is used: asks about it where the last word of the provider is too old.
    pub(crate) fn use_proof(&self, proof: &Arc<Proof>, claims: &SessionClaims, context: &Context) {
        let Some(after) = self.settings().sync.verify_after else {
            return;
        };
        let now = self.env().now();
        if !proof.is_older_than(after, now) {
            return;
        }
        if let Some(at) = self.token_agrees(claims, context) {
            proof.confirm(at.min(now));
        }
        if proof.is_older_than(after, now) {
            self.inner().proofs.ask_for(proof);
        }
    }

    /// When the token was signed, where it says of the membership what the mirror says.
    fn token_agrees(&self, claims: &SessionClaims, context: &Context) -> Option<Timestamp> {
        let said = claims.organization.as_ref()?;
        let org = context.organization.as_ref()?;
        let local = self.pack().role(&org.membership.as_ref()?.role)?;
        let roles = &self.inner().provider_roles;
        let read = self
            .pack()
            .reconcile(roles, Some(local), said.role.as_deref()?);
        let agrees = said.id == org.clerk_org_id && read.role == local;
        claims.issued_at.filter(|_| agrees)
    }

    /// Verifies what is due, for ever. Run it once in each process that serves.
    pub async fn verify_in_background(&self) {
        loop {
            self.inner().proofs.wake.notified().await;
            while let Err(error) = self.verify_due().await {
                let asked = error.retry_after().unwrap_or(PAUSE_MIN);
                let pause = asked.clamp(PAUSE_MIN, PAUSE_MAX);
                tracing::warn!(%error, ?pause, "memberships could not be verified");
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// Verifies what is due now; answers how many memberships that were.
    ///
    /// # Errors
    /// The provider's or the database's. What was not verified waits for its next use.
    pub async fn verify_due(&self) -> Result<usize> {
        let due = std::mem::take(&mut *self.inner().proofs.due());
        let mut by_org: HashMap<Arc<str>, Vec<Arc<Proof>>> = HashMap::new();
        for proof in due {
            by_org
                .entry(Arc::clone(&proof.org))
                .or_default()
                .push(proof);
        }
        let (mut verified, mut failed) = (0, None);
        for (org, proofs) in by_org {
            for chunk in proofs.chunks(MAX_AMONG) {
                if failed.is_none() {
                    self.inner().proofs.pace.turn().await;
                    failed = verify(self, &org, chunk).await.err();
                    verified += chunk.len();
                }
                chunk.iter().for_each(|proof| proof.settle());
            }
        }
        match failed {
            Some(error) => {
                count("failed");
                Err(error)
            }
            None => Ok(verified),
        }
    }
}

/// Asks about some members of one organization and brings the mirror to the answer.
async fn verify(app: &App, org: &str, proofs: &[Arc<Proof>]) -> Result<()> {
    let users: Vec<&str> = proofs.iter().map(|proof| &*proof.user).collect();
    let pairs: Vec<(&str, &str)> = users.iter().map(|user| (org, *user)).collect();
    let here = sweep::memberships_here(app, &pairs).await?;
    let asked_at = app.env().now();
    let found = app.clerk().list_memberships_among(org, &users).await;
    let found = unless_gone(found)?.unwrap_or_default();
    let found: HashMap<String, Membership> = found
        .into_iter()
        .filter_map(|m| Some((key_of(org, m.user_id()?), m)))
        .collect();
    for proof in proofs {
        let key = key_of(org, &proof.user);
        let here = here.get(&key);
        let row = here.and_then(|here| here.row.as_ref());
        let differed = match (found.get(&key), row) {
            (Some(membership), _) => compare(app, membership, here, Mode::Repair).await?,
            (None, Some(row)) => {
                sweep::end::<Membership>(app, &key, row.updated_at, asked_at, Mode::Repair).await?
            }
            (None, None) => None,
        };
        match differed.map(|difference| difference.differs) {
            None => count("same"),
            Some(Differs::Extra) => count("ended"),
            Some(_) => count("changed"),
        }
        proof.confirm(asked_at);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_provider_counts_for_a_while_and_is_asked_for_once() {
        let proofs = Proofs::new(10);
        let proof = Arc::new(Proof {
            user: "user_1".into(),
            org: "org_1".into(),
            at_ms: AtomicI64::new(0),
            is_due: AtomicBool::new(false),
        });
        let (start, after) = (
            Timestamp::from_second(1_000).unwrap(),
            Duration::from_secs(20),
        );
        assert!(proof.is_older_than(after, start));
        proof.confirm(start);
        proof.confirm(Timestamp::from_second(5).unwrap());
        let at = |s: i64| Timestamp::from_second(1_000 + s).unwrap();
        assert!(
            !proof.is_older_than(after, at(19)),
            "an older word changes nothing"
        );
        assert!(
            !proof.is_older_than(after, at(-5)),
            "nor does a clock that goes back"
        );
        assert!(proof.is_older_than(after, at(20)));
        for _ in 0..3 {
            proofs.ask_for(&proof);
        }
        assert_eq!(proofs.due().len(), 1);
    }
}
