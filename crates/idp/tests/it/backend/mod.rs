//! The Backend API over HTTP.

mod api_keys;
mod beside_browsers;
mod billing;
mod clients;
mod domains;
mod door;
mod instance;
mod invitations;
mod login_tokens;
mod machines;
mod memberships;
mod oauth_applications;
mod organization_domains;
mod organizations;
mod password_digests;
mod redirect_urls;
mod restrictions;
mod roles;
mod sessions;
mod templates;
mod users;
mod users_bulk;
mod users_lifecycle;
mod users_search;
mod waitlist;
mod webhooks;
pub mod world;
