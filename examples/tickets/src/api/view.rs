//! A ticket as the API shows it.

use bailiwick_api::PersonView;
use bailiwick_services::Scope;
use bailiwick_services::people::People;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::TicketAndPeople;
use crate::store::Ticket;
use crate::{TicketId, permission};

/// A ticket, as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ticket)]
pub struct TicketView {
    /// Its id.
    id: TicketId,
    /// What it is about, in a line.
    title: String,
    /// What it is about.
    #[schema(required = true)]
    description: Option<String>,
    /// How urgent it is.
    #[schema(value_type = TicketPriority)]
    priority: String,
    /// What kind of thing it is about.
    category: String,
    /// How it stands.
    #[schema(value_type = TicketStatus)]
    status: String,
    /// Who opened it.
    opened_by: PersonView,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Whether the caller may change it.
    can_update: bool,
}

impl TicketView {
    /// The view of `ticket` for `scope`.
    pub fn of(scope: &Scope, ticket: Ticket, people: &People) -> Self {
        let update = scope.permission(permission::UPDATE);
        Self {
            id: ticket.id,
            title: ticket.title,
            description: ticket.description,
            priority: ticket.priority,
            category: ticket.category,
            status: ticket.status,
            opened_by: PersonView::of(ticket.opened_by, people),
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            can_update: update.is_ok_and(|update| scope.decide(update).is_allowed()),
        }
    }

    /// The view of one.
    pub fn one(scope: &Scope, found: TicketAndPeople) -> Self {
        Self::of(scope, found.ticket, &found.people)
    }
}

/// How urgent a ticket is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TicketPriority {
    /// It can wait.
    Low,
    /// It should not wait.
    Medium,
    /// It must not wait.
    High,
}

impl TicketPriority {
    /// The name in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How a ticket stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TicketStatus {
    /// There is something to do.
    Open,
    /// There is not.
    Closed,
}

impl TicketStatus {
    /// The name in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}
