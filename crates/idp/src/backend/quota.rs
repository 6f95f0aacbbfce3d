//! How much servers may ask: of the instance, of one object, and of strangers' mailboxes. The
//! bounds are those of Clerk's production instances, each in windows of a fixed length.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use crate::error::Refusal;

/// Objects that are remembered before those at rest are forgotten.
const MAX_KEYS: usize = 10_000;

/// What is bounded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bound {
    /// Every request.
    Requests,
    /// Changes of one user, organization or membership, by its id.
    Changes(String),
    /// Invitations to the application, one by one.
    Invitations,
    /// The same, many at once.
    InvitationsInBulk,
    /// Invitations to organizations, one by one.
    OrganizationInvitations,
    /// The same, many at once.
    OrganizationInvitationsInBulk,
}

impl Bound {
    /// How many, within how long.
    const fn limit(&self) -> (u32, SignedDuration) {
        const SHORT: SignedDuration = SignedDuration::from_secs(10);
        const HOUR: SignedDuration = SignedDuration::from_hours(1);
        match self {
            Self::Requests => (1000, SHORT),
            Self::Changes(_) => (10, SHORT),
            Self::Invitations => (100, HOUR),
            Self::InvitationsInBulk => (25, HOUR),
            Self::OrganizationInvitations => (250, HOUR),
            Self::OrganizationInvitationsInBulk => (50, HOUR),
        }
    }
}

/// Since when, and how many since.
type Window = (Timestamp, u32);

/// Counts what is asked within the current windows.
pub(super) struct Quota(Mutex<HashMap<Bound, Window>>);

impl Quota {
    pub(super) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// Counts one more at `now`, or says when to come back.
    pub(super) fn take(&self, bound: Bound, now: Timestamp) -> Result<(), Refusal> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MAX_KEYS {
            windows.retain(|bound, (start, _)| !is_over(bound, *start, now));
        }
        let (count, length) = bound.limit();
        let window = windows.entry(bound.clone()).or_insert((now, 0));
        if is_over(&bound, window.0, now) {
            *window = (now, 0);
        }
        if window.1 < count {
            window.1 += 1;
            return Ok(());
        }
        let rest = length - now.duration_since(window.0);
        let seconds = rest.as_secs().unsigned_abs() + u64::from(rest.subsec_nanos() > 0);
        let text = "Too many requests, retry later.";
        Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", text).after(seconds))
    }
}

/// Whether a window is over. One that began in the future is: a clock was set back.
fn is_over(bound: &Bound, start: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(start);
    age >= bound.limit().1 || age.is_negative()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_window_says_when_it_ends() {
        let quota = Quota::new();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let (count, length) = Bound::Requests.limit();
        assert!((0..count).all(|_| quota.take(Bound::Requests, start).is_ok()));
        let later = start + SignedDuration::from_millis(2500);
        let refusal = quota.take(Bound::Requests, later).unwrap_err();
        assert_eq!(
            (refusal.status.as_u16(), refusal.retry_after),
            (429, Some(8))
        );
        assert!(quota.take(Bound::Requests, start + length).is_ok());
        // A clock that was set back does not shut anybody out.
        assert!(quota.take(Bound::Requests, start - length).is_ok());
    }

    #[test]
    fn each_object_has_its_own_and_those_at_rest_are_forgotten() {
        let quota = Quota::new();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let of = |number: usize| Bound::Changes(format!("user_{number}"));
        assert!((0..10).all(|_| quota.take(of(0), start).is_ok()));
        assert!(quota.take(of(0), start).is_err() && quota.take(of(1), start).is_ok());
        for number in 0..MAX_KEYS {
            assert!(quota.take(of(number + 2), start).is_ok());
        }
        // Full, and yet those who are bounded stay bounded until their time is over.
        assert!(quota.take(of(0), start).is_err());
        let later = start + SignedDuration::from_secs(10);
        assert!(quota.take(of(0), later).is_ok());
        assert_eq!(quota.0.lock().unwrap().len(), 1);
    }
}
