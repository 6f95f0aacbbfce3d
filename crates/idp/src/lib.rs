//! The embedded identity provider: Clerk's own protocols, served from one's own database.
//!
//! Every change leaves as a Svix-signed webhook. Nothing here knows the product around it.

pub mod backend;
pub mod error;
pub mod ids;
pub mod mail;
pub mod schema;
pub mod store;
pub mod webhooks;

pub use error::{Error, Refusal, Result};
pub use mail::{Mail, MailError, Mailer};
pub use schema::migrate;
