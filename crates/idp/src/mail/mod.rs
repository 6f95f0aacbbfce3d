//! Messages to people, handed to whoever delivers them.

mod code;

pub use code::{Purpose, code};

use std::future::Future;
use std::pin::Pin;

/// A message, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// A whole HTML document that loads nothing.
    pub html: String,
}

/// The message was not taken over for delivery.
#[derive(Debug, thiserror::Error)]
#[error("mail: {0}")]
pub struct MailError(pub String);

/// What [`Mailer::deliver`] returns.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>>;

/// Takes messages over. `Ok` means that the message will be delivered, even if the process ends.
pub trait Mailer: Send + Sync {
    /// Takes `mail` over.
    fn deliver(&self, mail: Mail) -> Delivery<'_>;
}
