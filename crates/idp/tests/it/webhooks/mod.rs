//! Webhooks out.

mod delivery;
mod endpoints;
mod failures;
mod faults;
mod kills;
mod manage;
mod process;
mod replay;
mod tls;
mod world;
