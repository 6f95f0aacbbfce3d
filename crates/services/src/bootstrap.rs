//! The first visit: a row for the user, and an organization where policy says so (USR-03, B18).

use bailiwick_clerk::api::ListPage;
use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::page::{Limit, PageQuery};
use bailiwick_store::organizations::Details;

use crate::app::OrgCreation;
use crate::organizations::{NewOrganization, create_first};
use crate::{Caller, Result, sync};

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
    let makes_one = app.settings().org_creation == OrgCreation::AutoBootstrap;
    if !makes_one || caller.acting().is_some() {
        return Ok(Bootstrapped { user, org: None });
    }
    let clerk_user_id = &caller.claims.user_id;
    let theirs = app
        .clerk()
        .list_user_memberships(clerk_user_id, ListPage::FIRST)
        .await?;
    match theirs.data.into_iter().next() {
        // Its webhook has not come yet.
        Some(membership) => {
            let clerk_org_id = membership.organization.id;
            app.inner()
                .absent
                .invalidate(&(clerk_user_id.clone(), clerk_org_id.clone()));
            sync::fetch::membership(app, clerk_user_id, &clerk_org_id).await?;
        }
        None => create(caller).await?,
    }
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

async fn create(caller: &Caller) -> Result<()> {
    let user = caller.app.store().find_user(caller.user()).await?;
    let email = user.and_then(|user| user.email);
    let company = company_name(email.as_deref());
    let is_personal = company.is_none();
    let new = NewOrganization {
        name: company.unwrap_or_else(|| PERSONAL.to_owned()),
        slug: None,
        details: Details::default(),
    };
    create_first(caller, &new, is_personal).await
}

/// What an organization is called that is one person's alone.
const PERSONAL: &str = "Personal Workspace";

/// The e-mail's domain without its ending; none for mail that everybody has.
fn company_name(email: Option<&str>) -> Option<String> {
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
            Some(first.to_uppercase().chain(letters).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::company_name;

    #[test]
    fn the_domain_names_the_workspace() {
        assert_eq!(
            company_name(Some("a@acme.example")).as_deref(),
            Some("Acme")
        );
        assert_eq!(company_name(Some("a@gmail.com")), None);
        assert_eq!(company_name(None), None);
    }
}
