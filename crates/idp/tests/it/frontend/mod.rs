//! The Frontend API, as the components use it and as attackers would.

mod attacks;
mod authenticator;
mod door;
mod factors;
mod instance;
mod organizations;
mod passwords;
mod server;
mod rehash;
mod sessions;
mod sign_in;
mod sign_up;
mod world;
