//! A mailbox for everything that the product would send: mail and text messages that stay on the
//! machine, a page to read them, and a small JSON interface for tests and scripts.

mod error;
mod guard;
mod http;
mod journal;
mod message;
mod store;

pub use error::MailboxError;
pub use http::MailboxServer;
pub use message::{DeliveredMessage, Message, MessageKind};
pub use store::{Clock, MESSAGE_BYTES_MAX, MESSAGES_MAX, Mailbox};
