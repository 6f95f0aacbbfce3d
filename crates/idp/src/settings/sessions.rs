//! Settings: how long a session lives and what its tokens say.

use serde::{Deserialize, Serialize};

/// Section `[sessions]`: how long a session lives and what its tokens say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {}
