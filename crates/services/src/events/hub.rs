//! Who listens in this process, and what was heard lately. Bounded in every direction: a stream
//! that does not keep up is ended, and so is somebody's oldest when they open too many.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::events::{Event, Position};
use tokio::sync::{Notify, mpsc, watch};

/// What was heard is kept for so long, for those who come back.
const KEEP: Duration = Duration::from_secs(600);
/// And at most so much of it: some megabytes.
pub(super) const KEEP_MAX: usize = 20_000;
/// A stream that begins hears what happened shortly before: while its page was loading.
const HEAD_START: Duration = Duration::from_secs(10);
/// Batches that wait for one stream. Who is further behind is ended, and comes back.
const WAITING_MAX: usize = 16;
/// Streams of one person in this process. One more ends the oldest.
const PER_USER_MAX: usize = 8;
/// Who comes from a process that is ahead of this one waits for so long at most.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);
/// Streams of this process: half of the connections that it takes.
const STREAMS_MAX: usize = 5_000;

/// What a stream may be concerned by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// What holds for everybody.
    Installation,
    User(UserId),
    Organization(OrgId),
    /// By the provider's id.
    Session(String),
}

/// What one stream is handed at once.
pub(super) type Batch = Vec<Arc<Event>>;

/// Who listens in this process, and what was heard lately.
pub(crate) struct Hub {
    state: Mutex<State>,
    /// What was handed out last. Moves under the lock of `state`, after the streams have it.
    position: watch::Sender<Position>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    kept: VecDeque<(Instant, Arc<Event>)>,
    /// What came before is not known any more.
    floor: Position,
    streams: HashMap<u64, Listener>,
    topics: HashMap<Topic, BTreeSet<u64>>,
    people: HashMap<UserId, BTreeSet<u64>>,
    numbers: u64,
    is_closed: bool,
}

struct Listener {
    user: UserId,
    topics: Vec<Topic>,
    sender: mpsc::Sender<Batch>,
    ended: Arc<OnceLock<Code>>,
}

/// A place among the listeners, given up when it is dropped.
pub(super) struct Lease {
    hub: Arc<Hub>,
    number: u64,
    /// Why the hub ended the stream.
    pub ended: Arc<OnceLock<Code>>,
}

/// What a new stream begins with.
pub(super) struct Start {
    pub lease: Lease,
    pub batches: mpsc::Receiver<Batch>,
    /// What it missed, or what happened shortly before.
    pub missed: Batch,
    /// Something else was missed, nobody knows what.
    pub has_gap: bool,
    /// All before is in `missed`.
    pub position: Position,
}

impl Hub {
    pub fn new() -> Self {
        Self {
            state: Mutex::default(),
            position: watch::Sender::default(),
            wake: Notify::new(),
        }
    }

    /// Nothing that may panic runs under the lock; a state that somebody left is a whole one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something may be there to read.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    pub fn has_listeners(&self) -> bool {
        !self.state().streams.is_empty()
    }

    pub fn position(&self) -> Position {
        *self.position.borrow()
    }

    /// Waits until this process has heard what the stream of another one told.
    pub async fn catch_up(&self, since: Position) {
        let mut position = self.position.subscribe();
        self.wake();
        let caught_up = position.wait_for(|position| *position >= since);
        // Where it never comes, the gap is the stream's first message.
        let _late = tokio::time::timeout(CATCH_UP_MAX, caught_up).await;
    }

    /// Where this process begins to follow, with what is still known from before.
    pub fn begin(&self, position: Position, events: Vec<Event>) {
        let now = Instant::now();
        let mut state = self.state();
        state.floor = events.first().map_or(position, |event| event.position);
        state.kept = events.into_iter().map(|e| (now, Arc::new(e))).collect();
        self.position.send_replace(position);
    }

    /// Hands out what came next.
    pub fn publish(&self, events: Vec<Event>) {
        let now = Instant::now();
        let mut state = self.state();
        let mut batches: HashMap<u64, Batch> = HashMap::new();
        let last = events.last().map(|event| event.position);
        for event in events {
            let event = Arc::new(event);
            for number in state.concerned(&event) {
                batches.entry(number).or_default().push(Arc::clone(&event));
            }
            state.kept.push_back((now, event));
        }
        state.trim(now);
        for (number, batch) in batches {
            let fits = state
                .streams
                .get(&number)
                .is_none_or(|stream| stream.sender.try_send(batch).is_ok());
            if !fits {
                state.end(number, Code::Unavailable);
            }
        }
        if let Some(last) = last {
            self.position.send_replace(last);
        }
    }

    /// A place for a stream of `user`, after `since` where they were here before.
    pub(super) fn subscribe(
        self: &Arc<Self>,
        user: UserId,
        topics: Vec<Topic>,
        since: Option<Position>,
    ) -> Result<Start, Problem> {
        let now = Instant::now();
        let mut state = self.state();
        if state.is_closed || state.streams.len() >= STREAMS_MAX {
            return Err(Problem::unavailable(5));
        }
        let mine = state.people.get(&user);
        if let Some(oldest) = mine.filter(|mine| mine.len() >= PER_USER_MAX)
            && let Some(oldest) = oldest.first().copied()
        {
            state.end(oldest, Code::RateLimited);
        }
        let is_new = |(heard, event): &(Instant, Arc<Event>)| match since {
            Some(since) => event.position > since,
            None => now.duration_since(*heard) < HEAD_START,
        };
        let missed = state.kept.iter().filter(|kept| is_new(kept));
        let missed = missed
            .filter(|(_, event)| topics_of(event).any(|topic| topics.contains(&topic)))
            .map(|(_, event)| Arc::clone(event))
            .collect();
        // Who comes from after the end was here before the database was another one.
        let position = self.position();
        let has_gap = since.is_some_and(|since| since < state.floor || since > position);
        let number = state.numbers;
        state.numbers += 1;
        let (sender, batches) = mpsc::channel(WAITING_MAX);
        let ended = Arc::new(OnceLock::new());
        for topic in &topics {
            let listeners = state.topics.entry(topic.clone()).or_default();
            listeners.insert(number);
        }
        state.people.entry(user).or_default().insert(number);
        let listener = Listener {
            user,
            topics,
            sender,
            ended: Arc::clone(&ended),
        };
        state.streams.insert(number, listener);
        metrics::gauge!("event_streams").increment(1.0);
        drop(state);
        self.wake();
        let lease = Lease {
            hub: Arc::clone(self),
            number,
            ended,
        };
        Ok(Start {
            lease,
            batches,
            missed,
            has_gap,
            position,
        })
    }

    /// Ends every stream and takes no more: the process stops.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let numbers: Vec<u64> = state.streams.keys().copied().collect();
        for number in numbers {
            state.end(number, Code::Unavailable);
        }
    }
}

impl State {
    fn concerned(&self, event: &Event) -> BTreeSet<u64> {
        let listeners = topics_of(event).filter_map(|topic| self.topics.get(&topic));
        listeners.flatten().copied().collect()
    }

    fn trim(&mut self, now: Instant) {
        while let Some((heard, event)) = self.kept.front() {
            if self.kept.len() <= KEEP_MAX && now.duration_since(*heard) < KEEP {
                break;
            }
            self.floor = event.position;
            self.kept.pop_front();
        }
    }

    fn end(&mut self, number: u64, why: Code) {
        let Some(listener) = self.streams.remove(&number) else {
            return;
        };
        // The first reason stands.
        let _known = listener.ended.set(why);
        for topic in &listener.topics {
            forget(&mut self.topics, topic, number);
        }
        forget(&mut self.people, &listener.user, number);
        metrics::gauge!("event_streams").decrement(1.0);
    }
}

fn forget<K: std::hash::Hash + Eq>(all: &mut HashMap<K, BTreeSet<u64>>, key: &K, number: u64) {
    if let Some(numbers) = all.get_mut(key) {
        numbers.remove(&number);
        if numbers.is_empty() {
            all.remove(key);
        }
    }
}

/// Whom an event may concern: its organization, whom it is about, the session that it is.
fn topics_of(event: &Event) -> impl Iterator<Item = Topic> {
    let session = (event.kind == "sessions").then(|| Topic::Session(event.object.clone()));
    let user = event.user.map(Topic::User);
    let organization = event.organization.map(Topic::Organization);
    let is_everybodys = event.kind == "flags" && event.organization.is_none();
    let installation = is_everybodys.then_some(Topic::Installation);
    [session, user, organization, installation]
        .into_iter()
        .flatten()
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.hub.state().end(self.number, Code::Unavailable);
    }
}

#[cfg(test)]
mod tests;
