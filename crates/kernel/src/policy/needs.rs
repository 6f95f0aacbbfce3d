//! What would be needed: who holds a permission or has an action on a page.

use super::{Action, Pack, PageId, Permission};
use crate::error::Refusal;
use crate::plan::Tier;

impl Pack {
    /// What a refusal of `permission` says: which roles hold it, and which grants would give it.
    #[must_use]
    pub fn needs(&self, permission: Permission, reason: &'static str) -> Refusal {
        let mut refusal = Refusal::of(reason);
        refusal.permission = Some(self.permission_key(permission).to_owned());
        let roles = self.roles().rev().filter(|role| {
            let data = self.role_data(*role);
            data.is_some_and(|data| data.holds(permission))
        });
        refusal.roles = roles.map(|role| self.role_key(role).to_owned()).collect();
        for (name, set) in [("lead", &self.lead), ("contributor", &self.contributor)] {
            if set.contains(permission) {
                refusal.project_roles.push(name.to_owned());
            }
        }
        for page in self.pages() {
            let Some(data) = self.page_data(page) else {
                continue;
            };
            for action in Action::ALL {
                let gives = data.gives(action);
                if gives.permissions.contains(permission) {
                    let grant = format!("{}:{}", data.key, action.as_str());
                    refusal.grants.push(grant);
                }
            }
        }
        refusal
    }

    /// What a refusal of what a plan gives says.
    #[must_use]
    pub fn needs_entitlement(&self, entitlement: &str) -> Refusal {
        let gives = |tier: &&Tier| self.entitles(**tier, entitlement) == Some(true);
        let plans = Tier::ALL.iter().filter(gives);
        Refusal {
            entitlement: Some(entitlement.to_owned()),
            plans: plans.map(|tier| tier.as_str().to_owned()).collect(),
            ..Refusal::of("not_in_plan")
        }
    }

    /// What a refusal of `action` on `page` says.
    #[must_use]
    pub fn needs_page(&self, page: PageId, action: Action, reason: &'static str) -> Refusal {
        let mut refusal = Refusal::of(reason);
        let key = self.page_key(page);
        refusal.page = Some(key.to_owned());
        refusal.action = Some(action.as_str().to_owned());
        let roles = self.roles().rev().filter(|role| {
            let actor = super::Actor::member(*role);
            self.decide_page(&actor, page, action).is_allowed()
        });
        refusal.roles = roles.map(|role| self.role_key(role).to_owned()).collect();
        refusal.grants = vec![format!("{key}:{}", action.as_str())];
        refusal
    }
}
