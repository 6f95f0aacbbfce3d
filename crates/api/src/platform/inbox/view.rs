//! A webhook as those see it who operate the installation.

use bailiwick_store::inbox::Summary;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a webhook is in its processing.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MessageState {
    /// To be processed.
    Received,
    /// Waits for what it refers to.
    Parked,
    /// Processed.
    Done,
    /// Of no use here.
    Ignored,
    /// Given up.
    Dead,
}

impl MessageState {
    /// The word of the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Parked => "parked",
            Self::Done => "done",
            Self::Ignored => "ignored",
            Self::Dead => "dead",
        }
    }
}

/// A webhook, without what it said.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InboxMessage)]
pub struct MessageView {
    /// The sender's id of it.
    id: String,
    /// The type of its event: `user.created`; empty where nobody understood it.
    event_type: String,
    /// Where it is in its processing.
    #[schema(value_type = MessageState)]
    state: String,
    /// How often its processing came to an end, good or bad.
    attempts: i32,
    /// Why it was parked or given up.
    #[schema(required = true)]
    error: Option<String>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// When it was settled.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    processed_at: Option<Timestamp>,
}

impl From<Summary> for MessageView {
    fn from(message: Summary) -> Self {
        Self {
            id: message.id,
            event_type: message.event_type,
            state: message.state,
            attempts: message.attempts,
            error: message.last_error,
            received_at: message.received_at,
            processed_at: message.processed_at,
        }
    }
}
