//! What several resources show alike.

use bailiwick_kernel::id::UserId;
use bailiwick_services::people::People;
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
