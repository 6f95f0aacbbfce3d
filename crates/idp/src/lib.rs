//! The embedded identity provider: Clerk's own protocols, served from one's own database.
//!
//! Clerk's unmodified browser components talk to [`Idp::frontend_router`] and its SDKs to the
//! Backend API; session tokens verify against the key set that both serve, and every change
//! leaves as a Svix-signed webhook. Nothing here knows the product around it.

#![recursion_limit = "256"]

pub mod backend;
pub mod config;
pub mod console;
pub mod derived;
pub mod domain;
pub mod error;
pub mod frontend;
pub mod ids;
pub mod instance;
pub mod keys;
mod limits;
pub mod local_provider;
pub mod mail;
pub mod model;
pub mod passwords;
pub mod schema;
pub mod seal;
pub mod secrets;
pub mod settings;
pub mod social;
pub mod store;
pub mod tokens;
pub mod transfer;
mod upload;
pub mod webhooks;

pub use config::{IdpConfig, Lockout, RateLimits, publishable_key};
pub use console::ConsoleConfig;
pub use error::{Error, Refusal, Result};
pub use instance::Idp;
pub use mail::{Mail, MailError, MailKind, Mailer};
pub use schema::migrate;
pub use settings::Settings;
