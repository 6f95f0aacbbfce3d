//! Accounts at other providers: whose they are, connected, disconnected.

mod connect;
mod disconnect;
mod owner;
mod tokens;

pub use connect::{blank, connect, fail, fill, scopes};
pub use disconnect::{disconnect, is_last_way_in};
pub use owner::{find_owner, take_over};
pub use tokens::{open, seal};
