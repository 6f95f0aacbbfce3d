//! Feature flags as those meet them for whom they are switched.
//!
//! A flag's value is what holds for the organization, else what holds for everybody, else what the
//! installation was started with.

use std::collections::BTreeMap;

use bailiwick_kernel::PlatformRole;
use bailiwick_kernel::id::OrgId;

use crate::{App, Caller, Result};

/// What holds for the caller, by key: in the active organization, where they are let into it.
///
/// # Errors
/// The database's.
pub async fn mine(caller: &Caller) -> Result<BTreeMap<String, bool>> {
    let is_operator = caller.platform_role() != PlatformRole::None;
    let org = caller.context.organization.as_ref();
    let org = org.filter(|org| {
        let membership = org.membership.as_ref();
        is_operator || membership.is_some_and(|m| m.status == "active")
    });
    in_force(&caller.app, org.map(|org| org.id)).await
}

/// What holds in an organization, by key; for nobody in particular without one.
///
/// # Errors
/// The database's.
pub async fn in_force(app: &App, org: Option<OrgId>) -> Result<BTreeMap<String, bool>> {
    let mut flags = app.settings().flags.clone();
    flags.extend(app.store().flags_in_force(org).await?);
    Ok(flags)
}

/// Whether a flag is on in an organization. What nobody has heard of is off.
///
/// # Errors
/// The database's.
pub async fn is_on(app: &App, org: Option<OrgId>, key: &str) -> Result<bool> {
    Ok(in_force(app, org).await?.get(key).copied().unwrap_or(false))
}
