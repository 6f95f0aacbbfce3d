//! Use cases, one module per resource, without HTTP.
//!
//! Whatever touches a tenant's data goes through a [`Scope`], with a permission: [`Scope::read`]
//! for one statement, [`Scope::change`] for a transaction that must record what it did.

pub mod app;
pub mod approvals;
pub mod archive;
pub mod audit;
pub mod authn;
pub mod authz;
pub mod bootstrap;
pub mod documents;
mod elsewhere;
mod error;
pub mod events;
pub mod flags;
pub mod fleet;
mod freshness;
pub mod idempotency;
pub mod impersonations;
pub mod inbox;
pub mod intents;
pub mod invitations;
pub mod jobs;
pub mod me;
pub mod member_grants;
pub mod members;
pub mod moves;
pub mod op;
pub mod organizations;
pub mod paging;
pub mod people;
pub mod plans;
pub mod platform;
pub mod project_members;
pub mod projects;
pub mod provisioning;
pub mod removals;
pub mod scope;
pub mod sync;

pub use app::{App, MoveRules, OrgCreation, Parts, Settings, SyncRules};
pub use authn::{Caller, RequestInfo};
pub use error::Error;
pub use op::Op;
pub use scope::Scope;

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;
