//! Messages to people, handed to whoever delivers them.

mod code;
mod invitation;
mod link;
mod sms;
mod template;
mod waitlist;

pub use code::{Purpose, code};
pub use invitation::{Invited, invitation, organization_invitation};
pub use link::{Link, link};
pub use sms::sms;
pub(crate) use template::written;
pub use waitlist::waitlist;

use std::future::Future;
use std::pin::Pin;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// To an e-mail address.
    Email,
    /// As a text message, to a phone number.
    Sms,
}

/// A message, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// How it travels.
    pub kind: MailKind,
    /// One address, or one number in the form of E.164.
    pub to: String,
    /// One line; empty for a text message.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// A whole HTML document that loads nothing; empty for a text message.
    pub html: String,
    /// Which message it is, as Clerk calls it.
    pub slug: &'static str,
    /// What it says, by the names that templates have for it.
    pub values: Vec<(&'static str, String)>,
    /// Whose address or number it goes to, where it is a user's.
    pub owner: Option<Owner>,
}

/// Whose address or number a message goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user_id: String,
    /// The address or number.
    pub identification_id: String,
}

impl Mail {
    /// The same message, to an address or number of a user.
    #[must_use]
    pub fn owned(self, user_id: &str, identification_id: &str) -> Self {
        let owner = Owner {
            user_id: user_id.to_owned(),
            identification_id: identification_id.to_owned(),
        };
        Self {
            owner: Some(owner),
            ..self
        }
    }
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

/// Text on one line: whatever ends a line, to anybody, becomes a space, as does every other control
/// character.
fn one_line(text: &str) -> String {
    let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(ends, " ")
}

/// Text as HTML, fit for attributes too.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
