//! Settings: organizations, their roles, domains and invitations.

use serde::{Deserialize, Serialize};

/// Section `[organizations]`: organizations, their roles, domains and invitations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organizations {}
