//! What several resources show alike.

use bailiwick_kernel::id::UserId;
use bailiwick_services::people::People;
use bailiwick_store::intents::Open;
use serde::Serialize;
use utoipa::ToSchema;

/// A person beside what they did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Person)]
pub struct PersonView {
    /// The user.
    pub id: UserId,
    /// The name, else the e-mail; null where they are not known any more.
    #[schema(required = true)]
    pub name: Option<String>,
}

impl PersonView {
    /// The person `id`, named by `people`.
    pub fn of(id: UserId, people: &People) -> Self {
        Self {
            id,
            name: people.name(id),
        }
    }
}

/// What was decided here and the identity provider has not done yet, or refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Change)]
pub struct ChangeView {
    /// What: `membership.role`, `membership.transfer`, `membership.remove`, `invitation.send`,
    /// `invitation.revoke`.
    kind: String,
    /// The role that they are to have, where it is about one.
    #[schema(required = true)]
    role: Option<String>,
    /// `pending`: tried again by itself; `failed`: not any more.
    #[schema(value_type = ChangeState)]
    state: String,
    /// What went wrong last: a code.
    #[schema(required = true)]
    error: Option<String>,
}

/// How what was decided stands.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum ChangeState {
    /// Tried again by itself.
    Pending,
    /// Refused, or tried in vain for hours; the same decision once more tries again.
    Failed,
}

impl ChangeView {
    /// Whether it is still tried.
    pub fn is_pending(&self) -> bool {
        self.state == "pending"
    }
}

impl From<Open> for ChangeView {
    fn from(open: Open) -> Self {
        Self {
            role: open.payload["role"].as_str().map(str::to_owned),
            kind: open.kind,
            state: open.standing.state,
            error: open.standing.error,
        }
    }
}
