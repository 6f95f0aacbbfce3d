//! A fact as the API shows it.

use bailiwick_kernel::id::{AuditId, RequestId};
use bailiwick_services::people::People;
use bailiwick_store::audit::read::Entry;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::views::PersonView;

/// What was done, by whom, and what it changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub struct EntryView {
    /// Its id.
    pub id: AuditId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// On what occasion.
    #[schema(value_type = AuditOrigin)]
    pub origin: String,
    /// Who did it; null where no person did.
    #[schema(required = true)]
    pub actor: Option<PersonView>,
    /// The provider's id of who acted as the actor; null where they did it themselves.
    #[schema(required = true)]
    pub impersonator: Option<String>,
    /// Who that is, where they are known here.
    #[schema(required = true)]
    pub impersonator_person: Option<PersonView>,
    /// What was done: `projects.create`.
    pub action: String,
    /// To what kind of thing.
    pub object_type: String,
    /// To which.
    pub object_id: String,
    /// What it was; null where it was not.
    #[schema(required = true, value_type = Option<Object>)]
    pub before: Option<Value>,
    /// What it is; null where it is no more.
    #[schema(required = true, value_type = Option<Object>)]
    pub after: Option<Value>,
    /// In which request.
    #[schema(required = true)]
    pub request_id: Option<RequestId>,
    /// From which address.
    #[schema(required = true)]
    pub address: Option<String>,
}

/// On what occasion something was done.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum AuditOrigin {
    /// Somebody signed in.
    User,
    /// A program with a token.
    Token,
    /// The identity provider told of it.
    Webhook,
    /// The installation itself, or its operator by command.
    System,
    /// It came from a former system.
    Migration,
}

impl EntryView {
    /// The view of `entry`, its actor named by `people`.
    pub fn of(entry: Entry, people: &People) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            origin: entry.origin,
            actor: entry.actor.map(|id| PersonView::of(id, people)),
            impersonator_person: entry
                .impersonator
                .as_deref()
                .and_then(|id| people.of_clerk_id(id))
                .map(|id| PersonView::of(id, people)),
            impersonator: entry.impersonator,
            action: entry.action,
            object_type: entry.object_type,
            object_id: entry.object_id,
            before: entry.before,
            after: entry.after,
            request_id: entry.request,
            address: entry.address,
        }
    }
}
