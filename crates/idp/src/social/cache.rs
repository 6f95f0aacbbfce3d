//! What providers publish, kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Most entries: one an address in the settings, which are few.
const MAX: usize = 256;

/// Documents by address, with the time at which they were fetched.
pub struct Cache<T>(Mutex<HashMap<String, (Timestamp, Arc<T>)>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Cache<T> {
    /// A document that is younger than `age`.
    pub fn get(&self, url: &str, now: Timestamp, age: SignedDuration) -> Option<Arc<T>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (fetched, value) = entries.get(url)?;
        (now.duration_since(*fetched) < age).then(|| Arc::clone(value))
    }

    /// Keeps a document that was fetched at `now`.
    pub fn put(&self, url: &str, now: Timestamp, value: T) -> Arc<T> {
        let value = Arc::new(value);
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX {
            entries.clear();
        }
        entries.insert(url.to_owned(), (now, Arc::clone(&value)));
        value
    }
}
