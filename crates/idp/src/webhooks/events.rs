//! What can be said: the types of events.

use crate::error::{Refusal, Result};

/// Every type of Clerk's specification, in order.
pub const EVENT_TYPES: [&str; 45] = [
    EMAIL_CREATED,
    "organization.created",
    "organization.deleted",
    "organization.updated",
    "organizationDomain.created",
    "organizationDomain.deleted",
    "organizationDomain.updated",
    "organizationInvitation.accepted",
    "organizationInvitation.created",
    "organizationInvitation.revoked",
    "organizationMembership.created",
    "organizationMembership.deleted",
    "organizationMembership.updated",
    "paymentAttempt.created",
    "paymentAttempt.updated",
    "permission.created",
    "permission.deleted",
    "permission.updated",
    "role.created",
    "role.deleted",
    "role.updated",
    "session.created",
    "session.ended",
    "session.pending",
    "session.removed",
    "session.revoked",
    SMS_CREATED,
    "subscription.active",
    "subscription.created",
    "subscription.pastDue",
    "subscription.updated",
    "subscriptionItem.abandoned",
    "subscriptionItem.active",
    "subscriptionItem.canceled",
    "subscriptionItem.ended",
    "subscriptionItem.freeTrialEnding",
    "subscriptionItem.incomplete",
    "subscriptionItem.pastDue",
    "subscriptionItem.upcoming",
    "subscriptionItem.updated",
    "user.created",
    "user.deleted",
    "user.updated",
    "waitlistEntry.created",
    "waitlistEntry.updated",
];

/// An endpoint was given up: it answered nothing well for days, or said that it is gone.
pub const ENDPOINT_DISABLED: &str = "endpoint.disabled";
/// A message ran out of attempts.
pub const ATTEMPTS_EXHAUSTED: &str = "message.attempt.exhausted";

/// What is said about the delivery of webhooks itself, as at Svix. An endpoint gets these only
/// where it names them.
pub const OPERATIONAL_TYPES: [&str; 2] = [ENDPOINT_DISABLED, ATTEMPTS_EXHAUSTED];

/// A mail goes out.
pub const EMAIL_CREATED: &str = "email.created";
/// A text message goes out.
pub const SMS_CREATED: &str = "sms.created";

/// Types that tell a code or a link that signs somebody in. An endpoint gets these only where it
/// names them, and where none does, nothing is kept of them.
pub const CONFIDENTIAL_TYPES: [&str; 2] = [EMAIL_CREATED, SMS_CREATED];

/// Types that an endpoint names at most.
const FILTER_MAX: usize = 64;

/// Whether an event is about the delivery of webhooks.
#[must_use]
pub fn is_operational(event_type: &str) -> bool {
    OPERATIONAL_TYPES.contains(&event_type)
}

/// Whether an event tells what its receiver alone is to know.
#[must_use]
pub fn is_confidential(event_type: &str) -> bool {
    CONFIDENTIAL_TYPES.contains(&event_type)
}

/// The types that an endpoint asks for, each once and in order; refused where one is unknown, since
/// whoever misspells a type would wait for it for ever.
pub(super) fn filter(events: &[String]) -> Result<Vec<String>, Refusal> {
    if events.len() > FILTER_MAX {
        let text = format!("An endpoint names {FILTER_MAX} types of events at most.");
        return Err(Refusal::format("events", &text));
    }
    let mut wanted = events.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let known = |event: &str| EVENT_TYPES.contains(&event) || is_operational(event);
    match wanted.iter().find(|event| !known(event)) {
        Some(unknown) => {
            let text = format!("No event is called {unknown}.");
            Err(Refusal::format("events", &text))
        }
        None => Ok(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_known_types_once() {
        let filter = |events: &[&str]| {
            filter(
                &events
                    .iter()
                    .map(|event| (*event).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(
            filter(&["user.updated", "user.created", "user.updated"]).unwrap(),
            ["user.created", "user.updated"]
        );
        assert!(filter(&["endpoint.disabled"]).is_ok());
        assert!(filter(&["user.craeted"]).is_err());
        assert!(filter(&vec!["user.created"; 65]).is_err());
    }
}
