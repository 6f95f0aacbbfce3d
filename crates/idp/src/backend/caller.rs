//! Who asks.

/// The one who asks: whoever has the instance's secret key, or a machine with its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// May do everything.
    Instance,
    /// May do what concerns its tokens.
    Machine(String),
}

impl Caller {
    /// Whether the caller may do what only that machine, or the instance, does.
    pub(super) fn is_for(&self, machine_id: &str) -> bool {
        match self {
            Self::Instance => true,
            Self::Machine(id) => id == machine_id,
        }
    }

    /// Whether a token of that machine, which may be presented to those in `scopes`, may be
    /// presented to the caller.
    pub(super) fn may_see(&self, machine_id: &str, scopes: &[String]) -> bool {
        match self {
            Self::Instance => true,
            Self::Machine(id) => id == machine_id || scopes.contains(id),
        }
    }
}
