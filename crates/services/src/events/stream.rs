//! One stream: what its caller may see, for as long as their session and membership last.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bailiwick_kernel::{Code, Problem};
use bailiwick_store::events::{Event, Position};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::access::Access;
use super::hub::{Batch, Lease, Start, Topic};
use crate::{Caller, Result};

/// A sign of life at least so often; and as often is looked whether the caller still is one.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a stream tells.
#[derive(Debug, Clone)]
pub enum Message {
    /// Nothing, and that it has heard all up to here.
    Position(Position),
    /// Something changed.
    Event(Arc<Event>),
    /// Something was missed: whatever is shown is to be read anew.
    Reset(Position),
    /// The stream ends, and why: the session or the membership ended, or the server asks to come
    /// back.
    End(Code),
}

/// A stream of what its caller may see.
pub struct Events {
    caller: Caller,
    lease: Lease,
    batches: mpsc::Receiver<Batch>,
    waiting: VecDeque<Message>,
    /// All before has been told.
    position: Position,
    token_ends: Instant,
    beat: Instant,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// More may come.
    Open,
    /// Ends once what waits has been told.
    Ending,
}

/// Opens the stream of `caller`, after `since` where they were here before. `follow`: it goes on
/// until the session, the membership or the token ends; else it tells what is known and ends.
///
/// # Errors
/// `TENANT_ACCESS_DENIED` for who is no active member of the active organization; `UNAVAILABLE`
/// where this process has no room for another stream.
pub async fn open(caller: Caller, since: Option<Position>, follow: bool) -> Result<Events> {
    let user = caller.user();
    let session = caller.claims.session_id.clone();
    let mut topics = vec![
        Topic::User(user),
        Topic::Session(session),
        Topic::Installation,
    ];
    topics.extend(caller.active_organization().map(Topic::Organization));
    // A refusal by what was cached is looked at once more, as for every request.
    let caller = match Access::of(caller.clone()) {
        Err(_) if caller.is_cached() => caller.refreshed().await?,
        _ => caller,
    };
    Access::of(caller.clone())?;
    let hub = &caller.app.inner().events;
    if let Some(since) = since {
        hub.catch_up(since).await;
    }
    let Start {
        lease,
        batches,
        missed,
        has_gap,
        position,
    } = hub.subscribe(user, topics, since)?;
    let now = Instant::now();
    let acts_until = caller.acting().map(|acting| acting.expires_at);
    let ends = caller.claims.expires_at;
    let ends = acts_until.map_or(ends, |until| until.min(ends));
    let life = ends.duration_since(caller.app.env().now());
    let mut events = Events {
        token_ends: now + Duration::try_from(life).unwrap_or_default(),
        caller,
        lease,
        batches,
        waiting: VecDeque::new(),
        position,
        beat: now + HEARTBEAT,
        state: State::Open,
    };
    if has_gap {
        events.waiting.push_back(Message::Reset(position));
    }
    events.take(missed).await?;
    events.waiting.push_back(Message::Position(position));
    if !follow {
        events.state = State::Ending;
    }
    Ok(events)
}

impl Events {
    /// What comes next; none where the stream has ended. Never dropped half-way by who reads it.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Some(message);
            }
            if self.state == State::Ending {
                return None;
            }
            if let Err(code) = self.wait().await {
                self.state = State::Ending;
                self.waiting.push_back(Message::End(code));
            }
        }
    }

    /// Waits for a batch, or for the next sign of life.
    async fn wait(&mut self) -> Result<(), Code> {
        tokio::select! {
            batch = self.batches.recv() => match batch {
                Some(batch) => self.take(batch).await.map_err(code_of),
                None => Err(self.lease.ended.get().copied().unwrap_or(Code::Unavailable)),
            },
            () = sleep_until(self.beat.min(self.token_ends)) => self.beat().await,
        }
    }

    async fn beat(&mut self) -> Result<(), Code> {
        self.beat = Instant::now() + HEARTBEAT;
        // First where the tail is, then that nothing of it waits: all up to there has been told.
        let heard = self.caller.app.inner().events.position();
        self.check(false).await.map_err(code_of)?;
        if self.batches.is_empty() {
            self.position = self.position.max(heard);
        }
        self.waiting.push_back(Message::Position(self.position));
        Ok(())
    }

    /// Puts of a batch what the caller may see among what waits.
    async fn take(&mut self, batch: Batch) -> Result<()> {
        let me = self.caller.user();
        let org = self.caller.active_organization();
        let is_mine = |event: &Arc<Event>| match event.kind.as_str() {
            "users" | "memberships" | "impersonations" => event.user == Some(me),
            "organizations" => event.organization == org,
            _ => false,
        };
        if batch.iter().any(|event| event.kind == "sessions") {
            return Err(Problem::new(Code::AuthInvalidToken).into());
        }
        let must_read = batch.iter().any(is_mine);
        let mut access = self.check(must_read).await?;
        let Some(last) = batch.last().map(|event| event.position) else {
            return Ok(());
        };
        for event in access.visible(me, batch).await? {
            self.waiting.push_back(Message::Event(event));
        }
        self.position = self.position.max(last);
        Ok(())
    }

    /// Whether the caller still is one, and where they stand. `must_read`: what is cached does not
    /// count, since something of it has just changed.
    async fn check(&mut self, must_read: bool) -> Result<Access> {
        let app = self.caller.app.clone();
        let is_over = app.env().now() >= self.caller.claims.expires_at;
        if is_over || Instant::now() >= self.token_ends {
            return Err(Problem::new(Code::AuthInvalidToken).into());
        }
        self.caller = if must_read {
            self.caller.refreshed().await?
        } else {
            self.caller.current().await?
        };
        Access::of(self.caller.clone())
    }
}

/// Why a stream ends. What is nobody's fault is logged and asks the client to come back.
fn code_of(error: crate::Error) -> Code {
    let problem = error.into_problem();
    if problem.code().status() >= 500 {
        tracing::warn!(cause = ?problem.cause(), "an event stream was ended");
    }
    problem.code()
}
