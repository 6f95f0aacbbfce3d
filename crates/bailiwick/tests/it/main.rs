//! The product through its HTTP door, on real parts.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod abandoned;
mod approvals;
mod archive;
mod asked;
mod audit;
mod catalog;
mod commands;
mod crowd;
mod cursors;
mod documents;
mod events;
mod fleet;
mod flights;
mod freshness;
mod gate;
mod guides;
mod impersonations;
mod invitations;
mod isolation;
mod me;
mod members;
mod moves;
mod operations;
mod organization_changes;
mod organizations;
mod output;
mod plans;
mod platform;
mod policy;
mod pooler;
mod project_members;
mod projects;
mod provisioning;
mod removals;
mod revocation;
mod roaming;
mod scale_out;
mod statements;
mod sync;
mod webhooks;
