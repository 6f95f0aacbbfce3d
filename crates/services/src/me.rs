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

/// Why the organization that the caller has active lets them in nowhere.
#[derive(Debug, Clone)]
pub struct Barred {
    /// The organization's id.
    pub id: bailiwick_kernel::id::OrgId,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// `suspended`, or `pending` while they are in another one and may be in one at most.
    pub status: String,
}

/// Why the caller's e-mail is in question: `shared_email` or `unverified_email`.
///
/// # Errors
/// The database's.
pub async fn conflict(caller: &Caller) -> Result<Option<String>> {
    Ok(caller.app.store().find_conflict(caller.user()).await?)
}

/// Where the caller is a member of the active organization and not let in, and why.
#[must_use]
pub fn barred(caller: &Caller) -> Option<Barred> {
    let org = caller.context.organization.as_ref()?;
    let membership = org.membership.as_ref()?;
    let is_barred = matches!(membership.status.as_str(), "suspended" | "pending");
    is_barred.then(|| Barred {
        id: org.id,
        slug: org.slug.clone(),
        name: org.name.clone(),
        status: membership.status.clone(),
    })
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
