//! First attempts of one endpoint, one after the other.

use std::future::Future;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time;

/// How long an attempt keeps its successors waiting. A receiver that answers in time sees events
/// in their order; one that does not is no brake on the rest.
const HEAD_START: Duration = Duration::from_millis(250);

/// The queue of an endpoint's first attempts.
#[derive(Default)]
pub(super) struct Lane {
    last: Option<oneshot::Receiver<()>>,
}

/// A place in the queue.
pub(super) struct Turn {
    before: Option<oneshot::Receiver<()>>,
    done: oneshot::Sender<()>,
}

impl Lane {
    /// The place behind everybody who has one.
    pub(super) fn queue(&mut self) -> Turn {
        let (done, last) = oneshot::channel();
        Turn {
            before: self.last.replace(last),
            done,
        }
    }
}

impl Turn {
    /// Runs `attempt` when the one before has ended or used up its head start.
    pub(super) async fn take<T>(self, attempt: impl Future<Output = T>) -> T {
        let Self { before, done } = self;
        if let Some(before) = before {
            // Nothing is ever sent: the sender's end, also in a panic, is the message.
            before.await.ok();
        }
        tokio::pin!(attempt);
        let early = time::timeout(HEAD_START, &mut attempt).await;
        drop(done);
        match early {
            Ok(result) => result,
            Err(_) => attempt.await,
        }
    }
}
