//! Settings: keys and restrictions that servers ask for.

use serde::{Deserialize, Serialize};

/// Section `[apis]`: keys and restrictions that servers ask for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Apis {}
