//! The Frontend API, as the components use it and as attackers would.

mod attacks;
mod door;
mod instance;
mod organizations;
mod passwords;
mod sessions;
mod sign_in;
mod sign_up;
mod world;
