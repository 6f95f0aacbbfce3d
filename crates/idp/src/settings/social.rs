//! Settings: other providers that people sign in with.

use serde::{Deserialize, Serialize};

/// Section `[social]`: other providers that people sign in with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Social {}
