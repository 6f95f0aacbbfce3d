//! A nudge for the sender.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Notify;

/// Wakes the sender of this process. The sender also looks by itself, so a nudge that nobody gave
/// costs a fraction of a second and nothing else. Cheap to clone.
#[derive(Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// To be called after the commit of a transaction in which something was emitted.
    pub fn nudge(&self) {
        self.0.notify_one();
    }

    /// Resolves at the next nudge, or at once if there was one since the last call.
    pub(super) async fn nudged(&self) {
        self.0.notified().await;
    }
}

/// On a response to a request that had no transaction, whatever its method: nothing was emitted.
#[derive(Clone, Copy)]
pub(crate) struct Unwritten;

/// Around a router: nudges after every request that may have written, when its transaction has
/// ended.
pub(crate) async fn nudge_after_writes(
    State(wake): State<Wake>,
    request: Request,
    next: Next,
) -> Response {
    let is_read = request.method().is_safe();
    let response = next.run(request).await;
    if !is_read && response.extensions().get::<Unwritten>().is_none() {
        wake.nudge();
    }
    response
}
