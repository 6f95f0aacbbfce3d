//! Floor 4: the HTTP interface. Extractors, views, problems, the OpenAPI document, the listeners.
//!
//! Each resource is a module with `routes()`, one file a verb; `router::resources` is the list of them.

mod approvals;
mod assets;
mod audit;
mod auth;
mod authz;
pub mod config;
mod documents;
mod events;
pub mod extract;
mod fallback;
pub mod health;
mod impersonations;
pub mod internal;
mod invitations;
mod listen;
mod me;
mod member_grants;
mod members;
pub mod metrics;
mod module;
mod openapi;
mod organizations;
mod platform;
mod policy;
pub mod problem;
mod project_members;
mod projects;
mod rate_limit;
pub mod request;
mod router;
mod security;
pub mod settings;
pub mod state;
mod timeout;
mod views;
mod webhooks;

pub use config::{ConfigView, Environment};
pub use health::{Check, Readiness};
pub use listen::{serve, serve_with};
pub use metrics::Metrics;
pub use module::{Module, PathTaken, policies};
pub use problem::{ApiProblem, ApiResult};
pub use rate_limit::{RateLimits, client_address};
pub use router::{Unroutable, document_with, router, router_with};
pub use settings::{HttpSettings, PageSources, Rate};
pub use state::AppState;
pub use views::PersonView;
