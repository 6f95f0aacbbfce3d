//! The caller, as the mirror knows them.

use bailiwick_kernel::{Code, Problem};
use bailiwick_store::users::User;

use crate::{Caller, Result};

/// The caller's active organization in brief.
#[derive(Debug, Clone)]
pub struct ActiveOrganization {
    /// Its id.
    pub id: bailiwick_kernel::id::OrgId,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The caller's org role; none for an operator who is no member.
    pub role: Option<String>,
}

/// The caller's own row.
///
/// # Errors
/// `AUTH_USER_NOT_FOUND` where it has been deleted meanwhile.
pub async fn get(caller: &Caller) -> Result<(User, Option<ActiveOrganization>)> {
    let user = caller.app.store().find_user(caller.user()).await?;
    let user = user.ok_or_else(|| Problem::new(Code::AuthUserNotFound))?;
    let active = caller.context.organization.as_ref().and_then(|org| {
        let role = org
            .membership
            .as_ref()
            .filter(|m| m.status == "active")
            .map(|m| m.role.clone());
        if role.is_none() && caller.platform_role() == bailiwick_kernel::PlatformRole::None {
            return None;
        }
        Some(ActiveOrganization {
            id: org.id,
            slug: org.slug.clone(),
            name: org.name.clone(),
            role,
        })
    });
    Ok((user, active))
}
