//! The Backend API over HTTP.

mod door;
mod memberships;
mod organizations;
mod sessions;
mod users;
mod users_lifecycle;
mod users_search;
pub mod world;
