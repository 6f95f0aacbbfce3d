//! Members of an organization: their roles, their suspension, their departure.
//!
//! Nobody gives a role above their own, raises themselves or touches who stands higher, and the last
//! holder of the highest role stays. What a change means at the provider is
//! [`crate::intents`]'s to do.

pub(crate) mod act;
mod list;
mod remove;
mod role;
pub(crate) mod rules;
mod status;
mod transfer;

use bailiwick_kernel::id::{OrgId, UserId};

pub use list::{MemberAndChange, get, list};
pub use remove::{leave, remove};
pub use role::change_role;
pub use status::{reactivate, suspend};
pub use transfer::transfer_ownership;

use crate::intents::{Progress, subject};
use crate::{App, Result};

/// What became of a change.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Whom it was about.
    pub user: UserId,
    /// How far it is.
    pub progress: Progress,
    /// What the provider said, where it refused or was not there: a code.
    pub error: Option<String>,
}

impl Changed {
    /// A change that the provider need not hear of.
    fn here(user: UserId) -> Self {
        Self {
            user,
            progress: Progress::Done,
            error: None,
        }
    }

    /// How what an earlier request decided about somebody stands now.
    async fn again(app: &App, org: OrgId, user: UserId) -> Result<Self> {
        let subjects = [subject::member(org, user)];
        let open = app.store().open_intents(&subjects).await?;
        let standing = open.into_iter().next().map(|(_, open)| open.standing);
        Ok(Self {
            user,
            progress: Progress::of(standing.as_ref()),
            error: standing.and_then(|standing| standing.error),
        })
    }
}
