//! A client of the Backend API.

mod client;
mod error;
mod organizations;
mod retry;
mod users;

pub use client::{ApiConfig, ApiConfigError, ClerkApi};
pub use error::ApiError;
pub use organizations::{CreateOrganization, List, ListPage};
