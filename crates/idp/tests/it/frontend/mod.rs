//! The Frontend API, as the components use it and as attackers would.

mod attacks;
pub mod authenticator;
mod billing;
mod door;
mod emails;
mod enumeration;
mod factors;
mod handshake;
mod identifiers;
mod instance;
mod invitations;
mod links;
mod organizations;
mod passwords;
mod phone_factor;
mod phones;
mod rehash;
mod restrictions;
mod reverification;
mod server;
mod sessions;
mod sign_in;
mod sign_up;
mod social;
mod tasks;
mod templates;
pub mod world;
