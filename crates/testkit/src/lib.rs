//! A whole server for one test: its own database, a clock that the test moves, people who sign in,
//! and HTTP as the only way in.
//!
//! ```ignore
//! let t = TestApp::start().await;
//! let acme = t.tenant("acme", Tier::Starter).await;
//! let project = acme.owner().post("/projects", json!({"name": "Alpha"})).await.assert_status(201);
//! acme.viewer().get(format!("/projects/{}", project.id())).await.assert_problem(404, "NOT_FOUND");
//! ```
//!
//! Real parts throughout: PostgreSQL, listeners, signed webhooks, signed tokens. Only the identity
//! provider's Backend API is played by a stub ([`Provider`]), at the outermost edge, so that a test
//! can make it fail; [`Embedded`] puts the real one behind it. What a test leaves behind is looked at when it ends: dead jobs and dead
//! messages that it did not announce fail it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod answer;
mod app;
mod commands;
mod database;
mod dice;
mod embedded;
pub mod fixtures;
pub mod law;
mod look;
mod model;
mod neighbour;
mod options;
mod persona;
mod pooler;
mod provider;
mod redact;
pub mod scale_out;
mod stream;
mod token;
mod webhook;
mod world;

pub use answer::Answer;
pub use app::TestApp;
pub use database::{Database, detached_pool};
pub use dice::Dice;
pub use embedded::Embedded;
pub use model::Model;
pub use neighbour::Neighbour;
pub use options::{Options, audit_keys, detached_app};
pub use persona::{Persona, Request};
pub use pooler::Pooler;
pub use provider::{Moment, Provider};
pub use redact::redact;
pub use stream::{EventStream, Heard};
pub use token::{ISSUER, Issuer};
pub use webhook::{Message, SECRET};
pub use world::{ROLES, Roll, World};
