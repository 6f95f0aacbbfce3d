//! Webhooks out, signed the way Svix signs for Clerk.
//!
//! [`emit`] writes what happened into the transaction in which it happens, so that neither exists
//! without the other. The [`Sender`] delivers it at least once over real HTTP: at once, then with
//! growing delays for more than a day, each time under the same id and with the same body. The
//! receiver removes duplicates by `svix-id`; order is an intention, not a promise.

mod attempt;
mod claim;
mod emit;
mod endpoints;
pub mod events;
pub mod history;
mod lane;
pub mod manage;
mod operational;
mod outcome;
mod replay;
mod retention;
mod schedule;
mod secret;
mod sender;
mod target;
mod wake;

pub use attempt::Limits;
pub use emit::emit;
pub use endpoints::{EndpointConfig, ensure_endpoints, release_deliveries};
pub use replay::{Replay, replay_message, replay_since};
pub use secret::{SecretError, SigningSecret};
pub use sender::{LEASE, Sender, SenderError};
pub use target::Reach;
pub use wake::Wake;
pub(crate) use wake::{Unwritten, nudge_after_writes};

/// Every statement of this module, for the test that checks them.
pub fn statements() -> impl Iterator<Item = &'static bailiwick_pg::Statement> {
    [
        claim::STATEMENTS,
        emit::STATEMENTS,
        endpoints::STATEMENTS,
        history::STATEMENTS,
        manage::STATEMENTS,
        outcome::STATEMENTS,
        replay::STATEMENTS,
        retention::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
