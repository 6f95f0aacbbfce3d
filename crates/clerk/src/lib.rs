//! Clerk's protocols as a relying party sees them, over HTTP alone: nothing here knows a database,
//! or whether the provider is Clerk or the embedded one.
//!
//! - [`session`]: the one verifier of session tokens, and the keys it trusts.
//! - [`webhook`]: signatures over raw bodies, and the events inside them.
//! - [`api`]: a client of the Backend API.
//! - [`resources`]: users, organizations, memberships and sessions as both of them describe them.
//!
//! Absent by intent: any decision about what a user may do. A token says who and where; roles and
//! permissions come from our own mirror.

pub mod api;
mod http_body;
pub mod resources;
pub mod session;
pub mod webhook;
