//! What can be done to users, organizations, memberships and sessions, by whichever API.
//!
//! Each function works within the caller's transaction and writes the webhook events of what it
//! did into it. The caller commits.

pub mod api_keys;
pub mod billing;
mod countries;
mod disposable;
pub mod emails;
pub mod enrolment;
pub mod external_accounts;
pub mod factors;
pub mod identifications;
pub mod images;
pub mod invitations;
pub mod login_tokens;
pub mod memberships;
pub mod messages;
pub mod names;
pub mod oauth;
pub mod organization_domains;
pub mod organization_invitations;
pub mod organizations;
pub mod passwords;
pub mod people;
pub mod permission_definitions;
pub mod phones;
pub mod providers;
pub mod restrictions;
pub mod role_definitions;
pub mod role_set_definitions;
pub mod role_settings;
pub mod roles;
pub mod sessions;
pub mod tasks;
pub mod templates;
pub mod tickets;
pub mod users;
pub mod verifications;
pub mod waitlist;
