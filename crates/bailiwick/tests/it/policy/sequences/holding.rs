//! What somebody holds, and what they could give, in the words of the workspace's policy.

use std::collections::BTreeSet;

use serde_json::Value;

/// The org roles, the greatest first.
pub const ROLES: [&str; 5] = ["owner", "admin", "manager", "member", "viewer"];
/// From here up one decides over others.
const ADMIN: usize = 4;

/// Actions on pages that can be granted. Owners alone delete projects.
pub const PAGES: [(&str, &str); 10] = [
    ("projects", "view"),
    ("projects", "create"),
    ("projects", "edit"),
    ("projects", "delete"),
    ("documents", "view"),
    ("documents", "delete"),
    ("approvals", "approve"),
    ("members", "view"),
    ("settings", "view"),
    ("settings", "edit"),
];

/// Permissions that can be granted by name: to decide over others above all.
pub const PERMISSIONS: [&str; 4] = [
    "users:grant",
    "users:invite",
    "users:update",
    "users:remove",
];

/// 1 for a viewer, 5 for an owner, 0 for nothing.
pub fn rank(role: &str) -> usize {
    let place = ROLES.iter().position(|known| *known == role);
    place.map_or(0, |place| ROLES.len() - place)
}

/// What somebody holds at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holding {
    /// Of the role.
    pub rank: usize,
    /// Beside it: `projects.delete`, `users:grant`.
    pub grants: BTreeSet<String>,
}

impl Holding {
    /// What a row of the database says, whatever keeps its person from acting.
    pub fn of(role: &str, stored: &Value) -> Self {
        let mut grants = BTreeSet::new();
        for (page, actions) in stored["pages"].as_object().into_iter().flatten() {
            let actions = actions.as_object().into_iter().flatten();
            let granted = actions.filter(|(_, is_granted)| **is_granted == Value::Bool(true));
            grants.extend(granted.map(|(action, _)| format!("{page}.{action}")));
        }
        let named = stored["permissions"].as_array().into_iter().flatten();
        grants.extend(named.filter_map(Value::as_str).map(str::to_owned));
        Self {
            rank: rank(role),
            grants,
        }
    }

    /// Whether its holder could give `grant`, or has it.
    fn has(&self, grant: &str) -> bool {
        let by_role = self.rank > ADMIN || self.rank == ADMIN && grant != "projects.delete";
        by_role || self.grants.contains(grant)
    }

    /// Whether its holder decides over who has `rank`, or gives it.
    pub fn decides_over(&self, rank: usize) -> bool {
        self.rank >= ADMIN && rank <= self.rank
    }

    /// Whether its holder could make `after` of somebody's `before`.
    pub fn could_grant(&self, before: &BTreeSet<String>, after: &BTreeSet<String>) -> bool {
        after.difference(before).all(|grant| self.has(grant))
    }

    /// Whether nothing of it is more than `most`.
    pub fn is_within(&self, most: &Self) -> bool {
        self.rank <= most.rank && self.grants.is_subset(&most.grants)
    }
}
