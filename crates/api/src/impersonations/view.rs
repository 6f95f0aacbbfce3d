//! An impersonation as the API shows it.

use bailiwick_kernel::id::ImpersonationId;
use bailiwick_services::impersonations::Shown;
use bailiwick_services::people::People;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PersonView;

/// Somebody of the operators acting for a user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Impersonation)]
pub struct ImpersonationView {
    /// Its id.
    id: ImpersonationId,
    /// For whom.
    user: PersonView,
    /// Who.
    impersonator: PersonView,
    /// Why, in their words.
    reason: String,
    /// How it stands.
    #[schema(value_type = ImpersonationStatus)]
    status: &'static str,
    /// When it was started.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was first used; null until then.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    began_at: Option<Timestamp>,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When somebody ended it, or it came to nothing; null where neither happened.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Who ended it.
    #[schema(required = true)]
    ended_by: Option<PersonView>,
    /// Why it came to nothing: a code.
    #[schema(required = true)]
    error: Option<String>,
}

/// How an impersonation stands.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum ImpersonationStatus {
    /// The link was made and has not been used.
    Pending,
    /// Somebody acts.
    Active,
    /// Somebody ended it.
    Ended,
    /// Its time is over.
    Expired,
    /// The identity provider made no link.
    Failed,
}

impl ImpersonationView {
    /// The view of `shown`, its people named by `people`.
    pub fn of(shown: Shown, people: &People) -> Self {
        let Shown { impersonation, at } = shown;
        let status = impersonation.status_at(at);
        Self {
            status,
            id: impersonation.id,
            user: PersonView::of(impersonation.user, people),
            impersonator: PersonView::of(impersonation.impersonator, people),
            reason: impersonation.reason,
            created_at: impersonation.created_at,
            began_at: impersonation.began_at,
            expires_at: impersonation.expires_at,
            ended_at: impersonation.ended_at.filter(|_| status != "expired"),
            ended_by: impersonation.ended_by.map(|id| PersonView::of(id, people)),
            error: impersonation.error,
        }
    }
}
