//! Floor 5: reads settings, builds the state, wires the listeners. No rule of the product lives
//! here.

pub mod admin;
pub mod audit;
pub mod cli;
pub mod database;
pub mod dev;
pub mod doctor;
pub mod idp;
pub mod logging;
pub mod migrate;
pub mod output;
pub mod policy;
pub mod serve;
pub mod server;
pub mod settings;
pub mod sources;
pub mod sync;
pub mod tenants;
pub mod webhooks;
