//! Webhooks out.

mod delivery;
mod endpoints;
mod failures;
mod world;
