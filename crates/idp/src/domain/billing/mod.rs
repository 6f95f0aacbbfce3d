//! Billing: who is on which plan, what they pay, and what comes next.
//!
//! Everything that changes something locks the payer's subscription first, so that the changes of
//! one payer happen one by one, and says what it did in the same transaction.

pub mod account;
pub mod book;
pub mod cancel;
mod changes;
mod charges;
pub mod checkouts;
pub mod credits;
mod dues;
mod gateway;
pub mod methods;
mod periods;
pub mod quote;
mod renewal;
mod say;
mod sync;
pub mod transitions;
pub mod trials;

pub use account::{Account, Owner};
pub use changes::Choice;
pub use renewal::renew;
pub use sync::sync;
