//! Settings: how long a session lives and what its tokens say.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Section `[sessions]`: how long a session lives and what its tokens say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// A session ends this long after sign-in, whatever happens, in seconds.
    pub lifetime_seconds: i64,
    /// A session ends this long after its last sign of life, in seconds; 0 means never.
    pub inactivity_timeout_seconds: i64,
    /// Whether a browser holds the session of one user only.
    pub single_session: bool,
    /// Claims of one's own in session tokens, with the shortcodes of token templates.
    pub claims: Map<String, Value>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            lifetime_seconds: 7 * 24 * 3600,
            inactivity_timeout_seconds: 0,
            single_session: false,
            claims: Map::new(),
        }
    }
}
