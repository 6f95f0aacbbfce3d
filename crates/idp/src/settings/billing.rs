//! Settings: plans and what they grant.

use serde::{Deserialize, Serialize};

/// Section `[billing]`: plans and what they grant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Billing {}
