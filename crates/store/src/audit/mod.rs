//! The audit: facts that cannot be changed unseen.
//!
//! A fact carries a MAC under a key that the database does not have, written in the transaction of
//! the change that it tells of ([`fact`]). What has committed is chained per tenant and each link is
//! signed ([`seals`]), so that writers never wait for one another; the last link of each chain is
//! also kept outside the database. [`check`] reads it all back for whoever verifies, [`read`] for
//! people, and [`retention`] removes a tenant's with a tombstone.

pub mod certificate;
pub mod check;
mod encoding;
pub mod fact;
mod keys;
pub mod link;
pub mod read;
pub mod retention;
pub mod seals;

pub use fact::Fact;
pub use keys::{Keys, KeysError, Mac};
pub use link::{Chain, Link, Tombstone};
