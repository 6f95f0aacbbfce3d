//! The first visit: a row for the user, and an organization where policy says so (USR-03, B18).

use std::sync::Arc;

use bailiwick_clerk::api::CreateOrganization;
use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::page::{Limit, PageQuery};

use crate::{App, Caller, Result, sync};

/// What a bootstrap leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrapped {
    /// The user.
    pub user: UserId,
    /// An organization of theirs; none where policy makes none.
    pub org: Option<OrgId>,
}

/// Makes sure that the caller has a row (which being a caller proves) and, where the installation
/// bootstraps organizations, an organization. Can be repeated: the provider's answer is looked at
/// before one is made.
///
/// # Errors
/// The provider's; the database's.
pub async fn run(caller: &Caller) -> Result<Bootstrapped> {
    let app = &caller.app;
    let user = caller.user();
    if let Some(org) = first_organization(caller).await? {
        return Ok(Bootstrapped {
            user,
            org: Some(org),
        });
    }
    if !app.settings().auto_bootstrap {
        return Ok(Bootstrapped { user, org: None });
    }
    // Two first visits of one user to this process make one organization. Over several processes
    // the provider's answer is all that is looked at.
    let turn = app.inner().bootstraps.get_with(user.uuid(), Arc::default);
    let _turn = turn.lock().await;
    let clerk_user_id = &caller.claims.user_id;
    let page = bailiwick_clerk::api::ListPage::FIRST;
    let theirs = app
        .clerk()
        .list_user_memberships(clerk_user_id, page)
        .await?;
    let clerk_org_id = match theirs.data.into_iter().next() {
        Some(membership) => membership.organization.id,
        None => create(app, user, clerk_user_id).await?,
    };
    app.inner()
        .absent
        .invalidate(&(clerk_user_id.clone(), clerk_org_id.clone()));
    sync::fetch::membership(app, clerk_user_id, &clerk_org_id).await?;
    Ok(Bootstrapped {
        user,
        org: first_organization(caller).await?,
    })
}

async fn first_organization(caller: &Caller) -> Result<Option<OrgId>> {
    if let Some(org) = &caller.context.organization
        && org
            .membership
            .as_ref()
            .is_some_and(|m| m.status == "active")
    {
        return Ok(Some(org.id));
    }
    let one = PageQuery {
        limit: Limit::new(1).unwrap_or_default(),
        cursor: None,
    };
    let page = crate::organizations::list(caller, &one).await?;
    Ok(page.data.into_iter().next().map(|o| o.organization.id))
}

async fn create(app: &App, user: UserId, clerk_user_id: &str) -> Result<String> {
    let email = app.store().find_user(user).await?.and_then(|u| u.email);
    let created = app
        .clerk()
        .create_organization(&CreateOrganization {
            name: workspace_name(email.as_deref()),
            created_by: Some(clerk_user_id.to_owned()),
            slug: None,
            public_metadata: serde_json::Map::new(),
        })
        .await?;
    Ok(created.id)
}

/// The e-mail's domain without its ending, or "Personal Workspace" for mail that everybody has.
fn workspace_name(email: Option<&str>) -> String {
    const PUBLIC: &[&str] = &[
        "gmail",
        "googlemail",
        "outlook",
        "hotmail",
        "live",
        "icloud",
        "yahoo",
        "proton",
        "gmx",
    ];
    let domain = email.and_then(|email| email.rsplit('@').next());
    let label = domain
        .and_then(|domain| domain.split('.').next())
        .unwrap_or_default();
    let mut letters = label.chars();
    match letters.next() {
        Some(first) if label.len() >= 2 && !PUBLIC.contains(&label) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => "Personal Workspace".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::workspace_name;

    #[test]
    fn the_domain_names_the_workspace() {
        assert_eq!(workspace_name(Some("a@acme.example")), "Acme");
        assert_eq!(workspace_name(Some("a@gmail.com")), "Personal Workspace");
        assert_eq!(workspace_name(None), "Personal Workspace");
    }
}
