//! Who may give what to whom: nobody gives what they do not hold, nobody touches whom they could
//! not have made.

use super::page::PageSet;
use super::window::Window;
use super::{Action, Actor, Granted, Pack, PageId, Permission, RoleId};
use crate::error::{Code, Problem};
use crate::role::PlatformRole;

/// Something in a change of grants that the grantor has no right to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overreach {
    /// An action on a page, or one within a wider data window than the grantor's.
    Page(PageId, Action),
    /// A permission.
    Permission(Permission),
    /// A wider access window.
    Access,
}

impl Pack {
    /// Whether `actor` may give somebody `role`, take it from them, and say what they may do
    /// beside it. What the pack says for roles, never what ranks imply.
    #[must_use]
    pub fn may_assign(&self, actor: &Actor, role: RoleId) -> bool {
        let Some(data) = self.role_data(role) else {
            return false;
        };
        let by_platform = match actor.platform {
            PlatformRole::SuperAdmin => true,
            PlatformRole::AdminStaff => data.assigned_by_staff,
            PlatformRole::None => false,
        };
        by_platform
            || actor
                .role
                .is_some_and(|own| data.assigned_by.contains(&own))
    }

    /// The refusal for a role that is beyond the actor's.
    #[must_use]
    pub fn beyond(&self, role: RoleId) -> Problem {
        let title = self.role_title(role);
        Problem::new(Code::PermissionRoleInsufficient)
            .detail(format!("Your role does not decide over {title}"))
    }

    /// Whether `actor` may change somebody's grants from `before` to `after`. `is_self` where the
    /// somebody is the actor, who may only give up.
    ///
    /// # Errors
    /// The first thing that goes too far.
    pub fn may_grant(
        &self,
        actor: &Actor,
        before: &Granted,
        after: &Granted,
        is_self: bool,
    ) -> Result<(), Overreach> {
        for page in self.pages() {
            let window = after.window(page);
            for action in Action::ALL {
                let had = before.pages.contains(page, action) && before.window(page).covers(window);
                if !after.pages.contains(page, action) || had {
                    continue;
                }
                if is_self || !self.holds_page(actor, page, action, window) {
                    return Err(Overreach::Page(page, action));
                }
            }
        }
        for permission in after.named.iter() {
            let had = before.named.contains(permission);
            if !had && (is_self || !self.holds(actor, permission, Window::OPEN)) {
                return Err(Overreach::Permission(permission));
            }
        }
        // Who is limited in time, or changes their own limit, may add one and lift none.
        let is_limited = actor.granted.as_ref().is_some_and(|g| g.hours.is_some());
        if before.access.is_some()
            && before.access != after.access
            && (is_self || is_limited && actor.platform != PlatformRole::SuperAdmin)
        {
            return Err(Overreach::Access);
        }
        Ok(())
    }

    /// Whether `actor` holds `permission` everywhere within `window`.
    fn holds(&self, actor: &Actor, permission: Permission, window: Window) -> bool {
        let all = self.extent(actor, permission).all;
        all.is_some_and(|held| held.covers(window))
    }

    /// Whether `actor` has `action` on `page` as a grant would give it: everywhere in the
    /// organization, within `window`.
    fn holds_page(&self, actor: &Actor, page: PageId, action: Action, window: Window) -> bool {
        let Some(data) = self.page_data(page) else {
            return false;
        };
        let has = |set: &PageSet| set.contains(page, action);
        let by_platform = match actor.platform {
            PlatformRole::SuperAdmin => true,
            PlatformRole::AdminStaff => has(&self.admin_staff_pages),
            PlatformRole::None => false,
        };
        let role = actor.role.and_then(|id| self.role_data(id));
        let granted = actor.granted.as_deref();
        if by_platform
            || role.is_some_and(|role| has(&role.pages) || data.always && action == Action::View)
            || granted.is_some_and(|own| has(&own.pages) && own.window(page).covers(window))
        {
            return true;
        }
        let by_permissions = |action: Action| {
            let set = data.gives(action).permissions;
            !set.is_empty() && set.iter().all(|p| self.holds(actor, p, window))
        };
        // A view that gives nothing of its own is had with any other action of the page.
        let is_bare_view = action == Action::View && data.gives(action).permissions.is_empty();
        by_permissions(action)
            || is_bare_view && Action::ALL.into_iter().skip(1).any(by_permissions)
    }

    /// The refusal of a change that goes too far.
    #[must_use]
    pub fn overreach(&self, overreach: Overreach) -> Problem {
        let denied = Problem::denied();
        match overreach {
            Overreach::Page(page, action) => denied
                .detail("You can only grant what you hold yourself, and nothing to yourself")
                .refusal(self.needs_page(page, action, "not_held")),
            Overreach::Permission(permission) => denied
                .detail("You can only grant what you hold yourself, and nothing to yourself")
                .refusal(self.needs(permission, "not_held")),
            Overreach::Access => denied.detail("You cannot lift this limit in time"),
        }
    }
}
