//! A client of the Backend API.

mod actor_tokens;
mod client;
mod config;
mod error;
mod invitations;
mod memberships;
mod organizations;
mod retry;
mod sessions;
mod users;

pub use actor_tokens::{ActorOf, ActorToken, ActorTokenCreate};
pub use client::ClerkApi;
pub use config::{ApiConfig, ApiConfigError};
pub use error::ApiError;
pub use invitations::InviteToOrganization;
pub use organizations::{CreateOrganization, List, ListPage, MAX_AMONG, UpdateOrganization};
