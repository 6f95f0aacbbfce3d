//! How long a cached context may be used without asking again.
//!
//! A context is used for a second, and beyond that only where it is *proven* that nothing of it
//! has changed since it was read: the database announces each change when it commits, in order, and
//! our own echo among the announcements proves that all before it have been heard. Where the echo
//! fails to come (a pooler that passes nothing on, a broken connection), the second is all there is.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bailiwick_store::changes::{Change, Changes};

use crate::app::ContextKey;
use crate::{App, Result};

/// A context is used for so long unasked, and an echo proves so much back (system §3).
const HORIZON: Duration = Duration::from_secs(1);
/// Between two echoes.
const BEAT: Duration = Duration::from_millis(250);
/// Without an echo for so long, the connection is given up.
const DEAF_AFTER: Duration = Duration::from_secs(5);
/// Before listening is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Counters that users and organizations are spread over. Who shares one is read anew a little
/// too often.
const SLOTS: usize = 4096;

/// Counts what has been heard.
pub(crate) struct Freshness {
    slots: Vec<AtomicU64>,
    seed: RandomState,
    /// Moves when announcements may have been missed: nothing cached counts then.
    generation: AtomicU64,
    started: Instant,
    /// All that committed up to here has been heard; milliseconds after `started`, 0 = nothing.
    heard_up_to_ms: AtomicU64,
}

/// When a context was read, and how the counters stood just before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    at: Instant,
    generation: u64,
    user: u64,
    organization: u64,
    /// Of who acts for the user, where somebody does.
    actor: u64,
}

impl Freshness {
    pub fn new() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            seed: RandomState::new(),
            generation: AtomicU64::new(0),
            started: Instant::now(),
            heard_up_to_ms: AtomicU64::new(0),
        }
    }

    fn slot(&self, kind: u8, id: &str) -> Option<&AtomicU64> {
        let hash = self.seed.hash_one((kind, id));
        let at = usize::try_from(hash % SLOTS as u64).unwrap_or(0);
        self.slots.get(at)
    }

    fn count(&self, kind: u8, id: &str) -> u64 {
        self.slot(kind, id)
            .map_or(0, |slot| slot.load(Ordering::Acquire))
    }

    /// To be taken before the context is read.
    pub fn stamp(&self, key: &ContextKey) -> Stamp {
        let organization = match (&key.override_org, &key.organization) {
            (Some(ours), _) => self.count(b'o', &ours.to_string()),
            (None, Some(theirs)) => self.count(b'o', theirs),
            (None, None) => 0,
        };
        let acting = key.acting.as_ref();
        Stamp {
            at: Instant::now(),
            generation: self.generation.load(Ordering::Acquire),
            user: self.count(b'u', &key.user),
            organization,
            actor: acting.map_or(0, |acting| self.count(b'u', &acting.actor)),
        }
    }

    /// Whether what was read under `stamp` may still be used.
    pub fn holds(&self, key: &ContextKey, stamp: &Stamp) -> bool {
        let now = self.stamp(key);
        let unchanged = now.generation == stamp.generation
            && now.user == stamp.user
            && now.organization == stamp.organization
            && now.actor == stamp.actor;
        unchanged && (now.at.duration_since(stamp.at) < HORIZON || self.is_proven(now.at))
    }

    fn is_proven(&self, now: Instant) -> bool {
        match self.heard_up_to_ms.load(Ordering::Acquire) {
            0 => false,
            ms => now.duration_since(self.started + Duration::from_millis(ms)) < HORIZON,
        }
    }

    fn apply(&self, change: &Change) {
        let bump = |kind, id: &str| {
            if let Some(slot) = self.slot(kind, id) {
                slot.fetch_add(1, Ordering::AcqRel);
            }
        };
        match change {
            Change::User(id) => bump(b'u', id),
            Change::Organization(theirs, ours) => {
                bump(b'o', theirs);
                bump(b'o', ours);
            }
            // No context says what is switched on: that is read where it is asked for.
            Change::Ping(_) | Change::Flag(_) => {}
            Change::Other => self.forget(),
        }
    }

    /// Nothing that was read before counts any more.
    fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn prove(&self, up_to: Instant) {
        let ms = up_to.duration_since(self.started).as_millis();
        let ms = u64::try_from(ms).unwrap_or(u64::MAX).max(1);
        self.heard_up_to_ms.store(ms, Ordering::Release);
    }
}

impl App {
    /// Listens for ever. Run it once in each process that serves; without it contexts are read
    /// anew each second.
    pub async fn follow_changes(&self) {
        loop {
            if let Err(error) = self.follow().await {
                tracing::warn!(%error, "changes are not heard; contexts are read anew each second");
            }
            self.inner().freshness.forget();
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn follow(&self) -> Result<()> {
        let freshness = &self.inner().freshness;
        let mut changes = self.store().changes().await?;
        // What committed before we listened was not heard.
        freshness.forget();
        loop {
            let nonce = self.env().uuid().to_string();
            let sent = Instant::now();
            let echo = tokio::time::timeout(DEAF_AFTER, self.echo(&mut changes, &nonce));
            let Ok(heard) = echo.await else {
                return Err(crate::Error::Inconsistent(
                    "an announcement of our own did not come back".to_owned(),
                ));
            };
            heard?;
            freshness.prove(sent);
            let rest = tokio::time::sleep(BEAT);
            tokio::pin!(rest);
            loop {
                tokio::select! {
                    () = &mut rest => break,
                    change = changes.next() => self.heard(&change?),
                }
            }
        }
    }

    /// Until our own echo comes back.
    async fn echo(&self, changes: &mut Changes, nonce: &str) -> Result<()> {
        changes.ping(nonce).await?;
        loop {
            match changes.next().await? {
                Change::Ping(heard) if heard == nonce => return Ok(()),
                change => self.heard(&change),
            }
        }
    }

    /// What this server has just changed of a user's rights is in force here with the next request,
    /// before the announcement comes back.
    pub(crate) fn user_changed(&self, clerk_user_id: &str) {
        self.inner()
            .freshness
            .apply(&Change::User(clerk_user_id.to_owned()));
    }

    fn heard(&self, change: &Change) {
        self.inner().freshness.apply(change);
        if !matches!(change, Change::Ping(_)) {
            self.inner().events.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(user: &str, organization: &str) -> ContextKey {
        ContextKey {
            user: user.into(),
            organization: Some(organization.into()),
            override_org: None,
            acting: None,
        }
    }

    fn old(stamp: Stamp) -> Stamp {
        let at = stamp.at.checked_sub(2 * HORIZON).unwrap();
        Stamp { at, ..stamp }
    }

    #[test]
    fn what_is_old_counts_only_while_proven() {
        let freshness = Freshness::new();
        let key = key("user_1", "org_1");
        let stamp = freshness.stamp(&key);
        assert!(freshness.holds(&key, &stamp));
        assert!(!freshness.holds(&key, &old(stamp)));
        freshness.prove(Instant::now());
        assert!(freshness.holds(&key, &old(stamp)));
        let long_ago = Instant::now().checked_sub(2 * HORIZON).unwrap();
        freshness.prove(long_ago.max(freshness.started));
        assert!(freshness.is_proven(Instant::now()));
        assert!(!freshness.is_proven(Instant::now() + 2 * HORIZON));
    }

    #[test]
    fn a_change_ends_it_at_once_and_for_its_own_alone() {
        let freshness = Freshness::new();
        freshness.prove(Instant::now());
        let (mine, other) = (key("user_1", "org_1"), key("user_2", "org_2"));
        for change in [
            Change::User("user_1".to_owned()),
            Change::Organization("org_1".to_owned(), "0190".to_owned()),
        ] {
            let (stamp, others) = (freshness.stamp(&mine), freshness.stamp(&other));
            freshness.apply(&change);
            assert!(!freshness.holds(&mine, &stamp), "{change:?}");
            assert!(freshness.holds(&other, &others), "{change:?}");
        }
        let stamp = freshness.stamp(&mine);
        freshness.apply(&Change::Other);
        assert!(!freshness.holds(&mine, &stamp));
    }
}
