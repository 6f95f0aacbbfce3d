//! The issuer's keys in memory.
//!
//! - A known key of a current set costs a look-up.
//! - A set that has outlived its time is fetched again: the first who notices waits for it. After a
//!   failed attempt nobody waits any more, the last good set serves on and one fetch per cooldown
//!   runs beside the requests. So an outage of the provider delays one burst, once.
//! - An unknown key id starts at most one fetch per cooldown, which all that miss a key share; ids
//!   that the issuer did not know are remembered for a while.
//! - A fetch is a task of its own: a caller that goes away does not take it along.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bailiwick_kernel::Env;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::TokenError;
use super::fetch::{FetchError, Fetcher};
use super::keys::{Key, KeySet};

/// How many unknown key ids are remembered. Where they are more, the cooldown alone protects.
const MAX_UNKNOWN: usize = 1024;

/// The cooldown while there is no set at all: whoever starts together with the issuer shall not
/// wait for long.
const FIRST_COOLDOWN: SignedDuration = SignedDuration::from_secs(1);

/// No set of keys could be fetched yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the issuer's keys could not be fetched")]
pub struct KeysUnavailable;

/// The times that govern a [`Keyring`].
pub(super) struct Periods {
    pub ttl: Duration,
    pub cooldown: Duration,
    pub unknown_ttl: Duration,
}

/// The keys and what is known about them.
pub(super) struct Keyring {
    /// None where the keys are configured by hand.
    fetcher: Option<Fetcher>,
    env: Env,
    ttl: SignedDuration,
    cooldown: SignedDuration,
    unknown_ttl: SignedDuration,
    generation: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<KeySet>>,
    fetched_at: Option<Timestamp>,
    attempted_at: Option<Timestamp>,
    last_attempt_failed: bool,
    /// Closed when the running fetch has ended.
    running: Option<watch::Receiver<()>>,
    /// Ids that the issuer did not know, and until when that is taken for granted.
    unknown: HashMap<String, Timestamp>,
}

/// A key together with the generation of the set that it is from.
pub(super) type Found = (Arc<Key>, u64);

enum Step {
    Done(Result<Found, TokenError>),
    Wait(watch::Receiver<()>),
}

impl Keyring {
    pub(super) fn fixed(keys: KeySet, env: Env) -> Self {
        let state = State {
            keys: Some(Arc::new(keys)),
            ..State::default()
        };
        let zero = SignedDuration::ZERO;
        Self {
            fetcher: None,
            env,
            ttl: zero,
            cooldown: zero,
            unknown_ttl: zero,
            generation: AtomicU64::new(0),
            state: Mutex::new(state),
        }
    }

    pub(super) fn fetched(fetcher: Fetcher, env: Env, periods: &Periods) -> Self {
        Self {
            fetcher: Some(fetcher),
            env,
            ttl: signed(periods.ttl),
            cooldown: signed(periods.cooldown),
            unknown_ttl: signed(periods.unknown_ttl),
            generation: AtomicU64::new(0),
            state: Mutex::new(State::default()),
        }
    }

    /// The number of the current set; it grows whenever a key comes, goes or changes.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The key of an id, fetched where that is due.
    ///
    /// # Errors
    /// [`TokenError::KeyUnknown`] where the issuer does not know it, and
    /// [`TokenError::KeysUnavailable`] where the issuer cannot be asked.
    pub(super) async fn find(self: &Arc<Self>, id: &str) -> Result<Found, TokenError> {
        match self.step(id) {
            Step::Done(found) => found,
            Step::Wait(running) => {
                ended(running).await;
                self.after_fetch(id)
            }
        }
    }

    /// Returns once there is a set of keys, of whatever age.
    pub(super) async fn ready(self: &Arc<Self>) -> Result<(), KeysUnavailable> {
        let running = {
            let mut state = self.lock();
            if state.keys.is_some() {
                return Ok(());
            }
            self.start(&mut state)
        };
        if let Some(running) = running {
            ended(running).await;
        }
        if self.lock().keys.is_some() {
            Ok(())
        } else {
            Err(KeysUnavailable)
        }
    }

    fn step(self: &Arc<Self>, id: &str) -> Step {
        let now = self.env.now();
        let mut state = self.lock();
        let key = state.keys.as_ref().and_then(|keys| keys.get(id));
        if self.fetcher.is_none() {
            return Step::Done(self.found(key, TokenError::KeyUnknown));
        }
        if key.is_some() {
            if !passed(state.fetched_at, self.ttl, now) {
                return Step::Done(self.found(key, TokenError::KeyUnknown));
            }
            let failing = state.last_attempt_failed;
            return match self.start(&mut state) {
                Some(running) if !failing => Step::Wait(running),
                _ => Step::Done(self.found(key, TokenError::KeyUnknown)),
            };
        }
        if state.unknown.get(id).is_some_and(|until| now < *until) {
            return Step::Done(Err(TokenError::KeyUnknown));
        }
        match self.start(&mut state) {
            Some(running) => Step::Wait(running),
            None => Step::Done(Err(state.absence())),
        }
    }

    fn after_fetch(&self, id: &str) -> Result<Found, TokenError> {
        let mut state = self.lock();
        let key = state.keys.as_ref().and_then(|keys| keys.get(id));
        let absence = state.absence();
        if key.is_none() && absence == TokenError::KeyUnknown {
            let now = self.env.now();
            state.remember_unknown(id, now, self.unknown_ttl);
        }
        self.found(key, absence)
    }

    fn found(&self, key: Option<Arc<Key>>, absence: TokenError) -> Result<Found, TokenError> {
        key.map(|key| (key, self.generation())).ok_or(absence)
    }

    /// Joins the running fetch, or starts one where the cooldown has passed.
    fn start(self: &Arc<Self>, state: &mut State) -> Option<watch::Receiver<()>> {
        if let Some(running) = &state.running
            && running.has_changed().is_ok()
        {
            return Some(running.clone());
        }
        let now = self.env.now();
        let cooldown = if state.keys.is_some() {
            self.cooldown
        } else {
            self.cooldown.min(FIRST_COOLDOWN)
        };
        if self.fetcher.is_none() || !passed(state.attempted_at, cooldown, now) {
            return None;
        }
        state.attempted_at = Some(now);
        let (ends, running) = watch::channel(());
        state.running = Some(running.clone());
        let keyring = Arc::clone(self);
        tokio::spawn(async move {
            keyring.run_fetch().await;
            drop(ends);
        });
        Some(running)
    }

    async fn run_fetch(&self) {
        let Some(fetcher) = &self.fetcher else { return };
        let fetched = fetcher.fetch().await;
        let now = self.env.now();
        let mut state = self.lock();
        state.running = None;
        state.last_attempt_failed = fetched.is_err();
        match fetched {
            Ok(keys) => {
                metrics::counter!("clerk_jwks_fetches_total", "result" => "ok").increment(1);
                state.fetched_at = Some(now);
                self.replace(&mut state, keys);
            }
            Err(error) => {
                metrics::counter!("clerk_jwks_fetches_total", "result" => "failed").increment(1);
                tracing::warn!(
                    error = describe(&error),
                    serving_last_good_set = state.keys.is_some(),
                    "the issuer's keys could not be fetched"
                );
            }
        }
    }

    fn replace(&self, state: &mut State, keys: KeySet) {
        if state
            .keys
            .as_ref()
            .is_some_and(|current| current.same_as(&keys))
        {
            return;
        }
        tracing::info!(keys = keys.len(), "the issuer's keys have changed");
        state.keys = Some(Arc::new(keys));
        state.unknown.clear();
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a missing key means: that the issuer does not have it, or that nobody can say.
    fn absence(&self) -> TokenError {
        if self.keys.is_none() || self.last_attempt_failed {
            TokenError::KeysUnavailable
        } else {
            TokenError::KeyUnknown
        }
    }

    fn remember_unknown(&mut self, id: &str, now: Timestamp, ttl: SignedDuration) {
        if self.unknown.len() >= MAX_UNKNOWN {
            self.unknown.retain(|_, until| now < *until);
        }
        if self.unknown.len() < MAX_UNKNOWN {
            let until = now.checked_add(ttl).unwrap_or(Timestamp::MAX);
            self.unknown.insert(id.to_owned(), until);
        }
    }
}

/// Whether `period` lies between then and now. A clock that was set back counts as passed, or it
/// would block fetches for as long as it was set back.
fn passed(then: Option<Timestamp>, period: SignedDuration, now: Timestamp) -> bool {
    then.is_none_or(|then| {
        let elapsed = now.duration_since(then);
        elapsed.is_negative() || elapsed >= period
    })
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// Waits until the fetch's side of the channel is dropped, which it is also when the task dies.
async fn ended(mut running: watch::Receiver<()>) {
    while running.changed().await.is_ok() {}
}

/// An error with its causes, for the log line.
fn describe(error: &FetchError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a string cannot fail.
        if write!(text, ": {cause}").is_err() {
            break;
        }
        source = cause.source();
    }
    text
}
