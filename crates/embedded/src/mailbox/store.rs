//! The mailbox itself: delivering and looking up.

use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rand::RngCore;
use uuid::Uuid;

use super::error::MailboxError;
use super::http::MailboxServer;
use super::journal::{self, Journal};
use super::message::{DeliveredMessage, Message};
use crate::dir_lock::DirLock;

/// So many messages are kept, the newest.
pub const MESSAGES_MAX: usize = 1000;

/// The longest message that is taken, in bytes of JSON; with [`MESSAGES_MAX`] it bounds memory.
pub const MESSAGE_BYTES_MAX: usize = 256 << 10;

/// The file is rewritten when it holds this many messages, so rarely, and stays small.
const LINES_MAX: usize = 2 * MESSAGES_MAX;

/// Where the time of arrival comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A mailbox. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Mailbox(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    clock: Clock,
    state: Mutex<State>,
    _lock: DirLock,
}

struct State {
    journal: Journal,
    /// Oldest first.
    messages: VecDeque<Arc<DeliveredMessage>>,
    /// Changes with every delivery and clearing, and never comes back.
    version: u64,
}

impl Mailbox {
    /// Opens or creates the mailbox in a directory.
    ///
    /// # Errors
    /// When another process has it open, or the disk refuses.
    pub fn open(dir: impl AsRef<Path>, clock: Clock) -> Result<Self, MailboxError> {
        let dir = dir.as_ref().to_owned();
        fs::create_dir_all(&dir)
            .map_err(MailboxError::io(format!("creating {}", dir.display())))?;
        let lock = DirLock::take(&dir).map_err(MailboxError::lock(dir.clone()))?;
        let (journal, messages) = Journal::open(&dir, MESSAGES_MAX).map_err(MailboxError::io(
            format!("opening the mailbox in {}", dir.display()),
        ))?;
        let state = Mutex::new(State {
            journal,
            messages: messages.into(),
            version: 0,
        });
        Ok(Self(Arc::new(Inner {
            dir,
            clock,
            state,
            _lock: lock,
        })))
    }

    /// Takes a message; when it returns, the message survives a kill and a power cut.
    ///
    /// # Errors
    /// [`MailboxError::TooLong`], or the disk refuses.
    pub async fn deliver(&self, message: Message) -> Result<DeliveredMessage, MailboxError> {
        let now = (self.0.clock)();
        let delivered = DeliveredMessage {
            id: new_id(now),
            message,
            created_at: now,
        };
        let inner = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || inner.append(delivered))
            .await
            .map_err(|_| MailboxError::Interrupted)?
    }

    /// The messages, newest first; with a recipient only those for it.
    #[must_use]
    pub fn list(&self, to: Option<&str>) -> Vec<Arc<DeliveredMessage>> {
        let state = self.0.state();
        let newest_first = state.messages.iter().rev();
        newest_first
            .filter(|message| to.is_none_or(|to| message.is_for(to)))
            .cloned()
            .collect()
    }

    /// One message.
    #[must_use]
    pub fn find(&self, id: Uuid) -> Option<Arc<DeliveredMessage>> {
        self.0
            .state()
            .messages
            .iter()
            .find(|message| message.id == id)
            .cloned()
    }

    /// Removes every message, durably.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn clear(&self) -> Result<(), MailboxError> {
        let inner = Arc::clone(&self.0);
        let cleared = tokio::task::spawn_blocking(move || {
            let mut state = inner.state();
            state.journal.rewrite(std::iter::empty())?;
            state.messages.clear();
            state.version += 1;
            Ok(())
        });
        let cleared = cleared.await.map_err(|_| MailboxError::Interrupted)?;
        cleared.map_err(MailboxError::io(format!(
            "clearing {}",
            self.0.dir.display()
        )))
    }

    /// Serves the page and the JSON interface on a port of 127.0.0.1; 0 picks a free one.
    ///
    /// # Errors
    /// [`MailboxError::PortTaken`], or the system refuses.
    pub async fn serve(&self, port: u16) -> Result<MailboxServer, MailboxError> {
        MailboxServer::start(self.clone(), port).await
    }

    /// Differs from every earlier one after each change; starts over with the process.
    pub(super) fn version(&self) -> u64 {
        self.0.state().version
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox")
            .field("dir", &self.0.dir)
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is left half-changed by a panic: the file is written before the memory.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, message: DeliveredMessage) -> Result<DeliveredMessage, MailboxError> {
        let failed =
            || MailboxError::io(format!("writing to the mailbox in {}", self.dir.display()));
        let line = journal::encode(&message).map_err(failed())?;
        if line.len() > MESSAGE_BYTES_MAX {
            return Err(MailboxError::TooLong {
                bytes: line.len(),
                max: MESSAGE_BYTES_MAX,
            });
        }
        let mut guard = self.state();
        let state = &mut *guard;
        if state.journal.lines >= LINES_MAX {
            state
                .journal
                .rewrite(state.messages.iter().map(AsRef::as_ref))
                .map_err(failed())?;
        }
        state.journal.append(&line).map_err(failed())?;
        state.messages.push_back(Arc::new(message.clone()));
        if state.messages.len() > MESSAGES_MAX {
            state.messages.pop_front();
        }
        state.version += 1;
        Ok(message)
    }
}

fn new_id(now: Timestamp) -> Uuid {
    let mut random = [0; 10];
    rand::rng().fill_bytes(&mut random);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
