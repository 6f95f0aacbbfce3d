//! What the tests stand on.

pub mod postgres;
pub mod receiver;
pub mod time;

use std::future::Future;
use std::time::Duration;

/// Waits until `check` answers something, ten seconds at most.
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut check: impl FnMut() -> F,
) -> T {
    for _ in 0..1000 {
        if let Some(found) = check().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited ten seconds for: {what}");
}
