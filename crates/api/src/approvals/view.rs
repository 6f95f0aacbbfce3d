//! An approval as the API shows it.

use bailiwick_kernel::id::ApprovalId;
use bailiwick_kernel::policy::permission;
use bailiwick_services::Scope;
use bailiwick_services::approvals::ApprovalAndPeople;
use bailiwick_services::people::People;
use bailiwick_store::approvals::Approval;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::views::PersonView;

/// Something asked for, as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Approval)]
pub struct ApprovalView {
    /// Its id.
    id: ApprovalId,
    /// What for.
    kind: String,
    /// In the smallest unit of the currency.
    amount: i64,
    /// ISO 4217.
    currency: String,
    /// Why.
    #[schema(required = true)]
    note: Option<String>,
    /// How it stands.
    #[schema(value_type = ApprovalStatus)]
    status: String,
    /// Who asks.
    requested_by: PersonView,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Who decided; null until somebody has.
    #[schema(required = true)]
    decided_by: Option<PersonView>,
    /// When.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    decided_at: Option<Timestamp>,
    /// What they said to it.
    #[schema(required = true)]
    decision_note: Option<String>,
    /// Whether the caller may decide on it now.
    can_decide: bool,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ApprovalStatus {
    /// Nobody has decided.
    Pending,
    /// Somebody said yes.
    Approved,
    /// Somebody said no.
    Rejected,
}

impl ApprovalStatus {
    /// The name in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
        }
    }
}

impl ApprovalView {
    /// The view of `approval` for `scope`.
    pub fn of(scope: &Scope, approval: Approval, people: &People) -> Self {
        let may_decide = scope.decide(permission::APPROVALS_APPROVE).is_allowed();
        let is_open = approval.status == ApprovalStatus::Pending.as_str();
        Self {
            id: approval.id,
            kind: approval.kind,
            amount: approval.amount,
            currency: approval.currency,
            note: approval.note,
            status: approval.status,
            requested_by: PersonView::of(approval.requested_by, people),
            created_at: approval.created_at,
            decided_by: approval.decided_by.map(|id| PersonView::of(id, people)),
            decided_at: approval.decided_at,
            decision_note: approval.decision_note,
            can_decide: may_decide && is_open && approval.requested_by != scope.me(),
        }
    }

    /// The view of one.
    pub fn one(scope: &Scope, found: ApprovalAndPeople) -> Self {
        Self::of(scope, found.approval, &found.people)
    }
}

/// What is said to a decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalDecision {
    /// Anything that the person who asked should know.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}
