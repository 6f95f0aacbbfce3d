//! Settings: what proves a person beside the first factor.

use serde::{Deserialize, Serialize};

/// Section `[factors]`: what proves a person beside the first factor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Factors {}
