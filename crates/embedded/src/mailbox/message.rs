//! What is delivered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a message would have travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// By mail, to an address.
    Email,
    /// As a text message, to a phone number.
    Sms,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// How it travels.
    pub kind: MessageKind,
    /// The address or phone number it is for.
    pub to: String,
    /// Whom it is from, where that is known.
    pub from: Option<String>,
    /// The line above a mail; text messages have none.
    pub subject: Option<String>,
    /// The words without markup.
    pub text: String,
    /// The words with markup, for mail that has any.
    pub html: Option<String>,
}

/// A message that arrived, as it is stored and listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveredMessage {
    /// A UUID of version 7.
    pub id: Uuid,
    /// The message itself; its members stand beside the id in JSON.
    #[serde(flatten)]
    pub message: Message,
    /// When it arrived, UTC.
    pub created_at: Timestamp,
}

impl DeliveredMessage {
    /// Whether it is for this recipient, whatever the case of the letters. A `+` that a query
    /// string turned into a blank is read as what it was.
    #[must_use]
    pub fn is_for(&self, recipient: &str) -> bool {
        let recipient = recipient.replace(' ', "+");
        self.message.to.to_lowercase() == recipient.to_lowercase()
    }
}
