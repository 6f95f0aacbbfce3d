//! The Backend API over HTTP.

mod door;
mod instance;
mod invitations;
mod login_tokens;
mod memberships;
mod organizations;
mod password_digests;
mod restrictions;
mod sessions;
mod users;
mod users_bulk;
mod users_lifecycle;
mod users_search;
pub mod world;
