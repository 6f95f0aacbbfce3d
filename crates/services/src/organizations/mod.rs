//! Organizations as their members see them, made and changed.

mod create;
mod update;

use std::sync::Arc;

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::{Actor, Granted, permission};
use bailiwick_kernel::{Code, PlatformRole, Problem};
use bailiwick_store::organizations::Organization;

use crate::invitations::Seats;
use crate::{Caller, Result};

pub(crate) use create::create_first;
pub use create::{Begun, Creation, NewOrganization, create, find_creation};
pub use update::{OrganizationChange, update};

/// An organization with what the caller may do in it.
#[derive(Debug, Clone)]
pub struct OrganizationAndPermissions {
    /// The organization.
    pub organization: Organization,
    /// Keys of the permissions that the caller holds, however far they reach.
    pub permissions: Vec<String>,
    /// What its plan gives it, by the policy's names.
    pub entitlements: Vec<String>,
    /// How many people it may have, and has with those who are invited.
    pub seats: Seats,
    /// Whether the caller may invite, and so know how many seats are taken.
    pub may_invite: bool,
}

/// A page of the caller's organizations, by name.
///
/// # Errors
/// A cursor of another list; the database's.
pub async fn list(caller: &Caller, query: &PageQuery) -> Result<Page<OrganizationAndPermissions>> {
    let after = query
        .cursor
        .as_ref()
        .map(|c| c.key::<String>().map(|key| (key, c.id())));
    let after = after.transpose()?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let now = caller.app.env().now();
    let found = caller
        .app
        .store()
        .list_organizations(caller.user(), after, query.limit.fetch(), now)
        .await?;
    let page = Page::cut(found, query.limit, |o| Cursor::after(&o.name, o.id.uuid()));
    page.try_map(|organization| with_permissions(caller, organization))
}

/// One organization of the caller. It answers while the tenant is being made: this is what a
/// waiting page asks.
///
/// # Errors
/// `NOT_FOUND` for who is no member; `TENANT_CONTEXT_MISMATCH` for a member who has another
/// organization active.
pub async fn get(caller: &Caller, id: OrgId) -> Result<OrganizationAndPermissions> {
    let found = caller
        .app
        .store()
        .find_organization(caller.user(), id, caller.app.env().now())
        .await?;
    let is_operator = caller.platform_role() != PlatformRole::None;
    let organization = found
        .filter(|org| org.role.is_some() || is_operator)
        .ok_or_else(Problem::not_found)?;
    if caller.names_organization() && caller.active_organization() != Some(id) && !is_operator {
        return Err(Problem::new(Code::TenantContextMismatch).into());
    }
    with_permissions(caller, organization)
}

fn with_permissions(
    caller: &Caller,
    organization: Organization,
) -> Result<OrganizationAndPermissions> {
    let pack = caller.app.pack();
    let role = organization.role.as_deref().and_then(|key| pack.role(key));
    let platform = caller.platform_role();
    let mut actor = Actor::outsider().platform(platform);
    if let Some(role) = role {
        let granted = match &organization.grants {
            Some(stored) => caller.app.granted(stored)?,
            None => Granted::default(),
        };
        // Outside the hours in which one may act one holds nothing.
        if platform != PlatformRole::None || caller.app.within_hours(role, &granted).is_ok() {
            actor = Actor::member(role)
                .platform(platform)
                .granted(Arc::new(granted));
        }
    }
    // Whoever acts for somebody and does not reach that far has no part in it.
    let actor = caller.limited(actor).unwrap_or(Actor::outsider());
    let permissions = pack.held(&actor).into_iter().map(str::to_owned).collect();
    let tier = organization.seats.tier();
    Ok(OrganizationAndPermissions {
        permissions,
        entitlements: pack.plan(tier).entitlements.clone(),
        seats: Seats::of(&caller.app, &organization.seats),
        may_invite: pack.decide(&actor, permission::USERS_INVITE).is_allowed(),
        organization,
    })
}
