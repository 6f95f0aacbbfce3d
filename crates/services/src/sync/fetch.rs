//! Asking the provider for what the mirror does not have. Never inside a transaction.

use bailiwick_clerk::api::ListPage;
use bailiwick_clerk::resources::Membership;

use super::{Outcome, Parent, Word, memberships, organizations, users};
use crate::{App, Error, Result};

/// How many pages of a user's memberships are looked through for one.
const PAGES_MAX: usize = 4;

/// Fetches the user of a request; `false` where the provider does not know them, which is remembered
/// for a few seconds.
///
/// # Errors
/// The provider's; the database's.
pub async fn user_once(app: &App, clerk_user_id: &str) -> Result<bool> {
    let key = (clerk_user_id.to_owned(), String::new());
    if app.inner().absent.contains_key(&key) {
        return Ok(false);
    }
    let found = user(app, clerk_user_id).await?;
    if !found {
        app.inner().absent.insert(key, ());
    }
    Ok(found)
}

/// Fetches a user; `false` where the provider does not know them.
///
/// # Errors
/// The provider's; the database's.
pub async fn user(app: &App, clerk_user_id: &str) -> Result<bool> {
    let Some(user) = app.clerk().find_user(clerk_user_id).await? else {
        return Ok(false);
    };
    let at = user.updated_at.unwrap_or_else(|| app.env().now());
    let tx = app.store().control().await?;
    users::apply(app, tx, &user, Word::asked(at)).await?;
    Ok(true)
}

/// Fetches an organization; `false` where the provider does not know it.
///
/// # Errors
/// The provider's; the database's.
pub async fn organization(app: &App, clerk_org_id: &str) -> Result<bool> {
    let Some(org) = app.clerk().find_organization(clerk_org_id).await? else {
        return Ok(false);
    };
    let at = org.updated_at.unwrap_or_else(|| app.env().now());
    let tx = app.store().control().await?;
    organizations::apply(app, tx, &org, Word::asked(at)).await?;
    Ok(true)
}

/// Fetches what an event refers to.
///
/// # Errors
/// The provider's; the database's; the provider does not know it. That is no tombstone: it may not
/// know it yet, so the event is tried again, and shown as dead when that does not help.
pub async fn parent(app: &App, parent: &Parent) -> Result<()> {
    let found = match parent {
        Parent::User(id) => user(app, id).await?,
        Parent::Organization(id) => organization(app, id).await?,
    };
    if found {
        Ok(())
    } else {
        Err(Error::Inconsistent(format!(
            "the provider does not know it: {parent}"
        )))
    }
}

/// Fetches one membership of a user whose webhook has not come yet; `false` where the provider
/// knows none. A negative answer is remembered for a few seconds.
///
/// # Errors
/// The provider's; the database's.
pub async fn membership(app: &App, clerk_user_id: &str, clerk_org_id: &str) -> Result<bool> {
    let key = (clerk_user_id.to_owned(), clerk_org_id.to_owned());
    if app.inner().absent.contains_key(&key) {
        return Ok(false);
    }
    let Some(found) = find(app, clerk_user_id, clerk_org_id).await? else {
        app.inner().absent.insert(key, ());
        return Ok(false);
    };
    let at = found.updated_at.unwrap_or_else(|| app.env().now());
    for _ in 0..3 {
        let tx = app.store().control().await?;
        let word = Word::asked(at);
        match memberships::apply(app, tx, &found, Some(clerk_user_id), word).await? {
            Outcome::Done => return Ok(true),
            // The answer is older than what ended here: as good as none.
            Outcome::Stale => {
                app.inner().absent.insert(key, ());
                return Ok(false);
            }
            Outcome::Missing(missing) => parent(app, &missing).await?,
        }
    }
    Ok(false)
}

/// What the provider says of one membership.
///
/// # Errors
/// The provider's.
pub(crate) async fn find(
    app: &App,
    clerk_user_id: &str,
    clerk_org_id: &str,
) -> Result<Option<Membership>> {
    let mut page = ListPage::FIRST;
    for _ in 0..PAGES_MAX {
        let list = match app.clerk().list_user_memberships(clerk_user_id, page).await {
            Err(error) if error.is_not_found() => return Ok(None),
            other => other?,
        };
        let is_last = list.data.len() < page.limit as usize;
        if let Some(found) = list
            .data
            .into_iter()
            .find(|m| m.organization.id == clerk_org_id)
        {
            return Ok(Some(found));
        }
        if is_last {
            break;
        }
        page = page.next();
    }
    Ok(None)
}
