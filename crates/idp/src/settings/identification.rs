//! Settings: how people are told apart and how they prove what is theirs.

use serde::{Deserialize, Serialize};

/// Section `[identification]`: how people are told apart and how they prove what is theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identification {}
