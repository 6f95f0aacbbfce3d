//! The provider's own roles and permissions: kept as it describes them, granting nothing here.

use bailiwick_clerk::resources::{Permission, Role};
use bailiwick_pg::Tx;
use bailiwick_store::provider_roles::{self, Described};
use serde_json::json;

use super::{Outcome, Word, settle};
use crate::{App, Result};

/// A role was created or changed.
///
/// # Errors
/// The database's.
pub async fn role(app: &App, mut tx: Tx, role: &Role, word: Word) -> Result<Outcome> {
    let described = Described {
        id: &role.id,
        key: &role.key,
        name: &role.name,
        updated_at: word.at,
    };
    let keys: Vec<&str> = role.permissions.iter().map(|p| p.key.as_str()).collect();
    let is_news = provider_roles::upsert_role(&mut tx, described, &keys, app.env().now()).await?;
    let after = json!({"key": role.key, "permissions": keys});
    let fact = ("providerRoles.update", "providerRole", role.id.as_str());
    settle(app, tx, is_news, fact, Some(after), word).await
}

/// A role was deleted.
///
/// # Errors
/// The database's.
pub async fn delete_role(app: &App, mut tx: Tx, id: &str, word: Word) -> Result<Outcome> {
    let is_news = provider_roles::delete_role(&mut tx, id, word.at, app.env().now()).await?;
    let fact = ("providerRoles.delete", "providerRole", id);
    settle(app, tx, is_news, fact, None, word).await
}

/// A permission was created or changed.
///
/// # Errors
/// The database's.
pub async fn permission(
    app: &App,
    mut tx: Tx,
    permission: &Permission,
    word: Word,
) -> Result<Outcome> {
    let described = Described {
        id: &permission.id,
        key: &permission.key,
        name: &permission.name,
        updated_at: word.at,
    };
    let is_news = provider_roles::upsert_permission(&mut tx, described, app.env().now()).await?;
    let after = json!({"key": permission.key});
    let id = permission.id.as_str();
    let fact = ("providerPermissions.update", "providerPermission", id);
    settle(app, tx, is_news, fact, Some(after), word).await
}

/// A permission was deleted.
///
/// # Errors
/// The database's.
pub async fn delete_permission(app: &App, mut tx: Tx, id: &str, word: Word) -> Result<Outcome> {
    let is_news = provider_roles::delete_permission(&mut tx, id, word.at, app.env().now()).await?;
    let fact = ("providerPermissions.delete", "providerPermission", id);
    settle(app, tx, is_news, fact, None, word).await
}
