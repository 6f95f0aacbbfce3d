//! Which facts a client asks for.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::UserId;
use bailiwick_kernel::text::Fields;
use bailiwick_store::audit::read::Filter;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

/// Characters of an action, a kind or an id: none of ours is longer.
const LENGTH_MAX: usize = 200;

/// Which facts a client asks for. Each narrows; none is all.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct FilterQuery {
    /// Those that this user did.
    #[param(value_type = Option<String>, format = Uuid)]
    actor_id: Option<UserId>,
    /// Those of this kind of thing: `project`, `document`, `membership`, …
    #[param(max_length = 200)]
    object_type: Option<String>,
    /// Those of the thing with this id.
    #[param(max_length = 200)]
    object_id: Option<String>,
    /// Those with exactly this action: `projects.create`, …
    #[param(max_length = 200)]
    action: Option<String>,
    /// Not before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

impl FilterQuery {
    /// The filter.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with what cannot be.
    pub fn checked(&self) -> Result<Filter, Problem> {
        let mut fields = Fields::new();
        let mut line = |field, value: &Option<String>| {
            let value = value.as_deref()?;
            Some(fields.line(field, value, 1..=LENGTH_MAX))
        };
        let filter = Filter {
            actor: self.actor_id,
            object_type: line("objectType", &self.object_type),
            object_id: line("objectId", &self.object_id),
            action: line("action", &self.action),
            // Nothing here is older; the database's range ends before the type's.
            from: self.from.map(|at| at.max(Timestamp::UNIX_EPOCH)),
            to: self.to.map(|at| at.max(Timestamp::UNIX_EPOCH)),
            concerning: None,
        };
        fields.finish()?;
        Ok(filter)
    }
}
