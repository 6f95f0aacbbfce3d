//! What the tests stand on.

pub mod postgres;
pub mod receiver;
pub mod time;
pub mod tls;

use std::future::Future;
use std::time::Duration;

/// Waits until `check` answers something, a minute at most.
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut check: impl FnMut() -> F,
) -> T {
    for _ in 0..6000 {
        if let Some(found) = check().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited a minute for: {what}");
}
