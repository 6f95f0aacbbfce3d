//! What changed, told to whoever may know of it, at once: the feed of the event streams.
//!
//! One task a process follows the tail of changes ([`crate::App::feed_events`]) and hands what it
//! reads to the streams that it may concern. Each stream asks anew, for every event, who its caller
//! is by now and what they may see: what is handed out are ids, and never of anything else.

mod access;
mod feed;
mod hub;
mod stream;

pub use bailiwick_store::events::{Event, Position};
pub use stream::{Events, Message, open};

pub(crate) use hub::Hub;
