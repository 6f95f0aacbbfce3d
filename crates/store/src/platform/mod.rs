//! People who operate the whole installation, and what they see of it.

pub mod organizations;
pub mod users;

use bailiwick_kernel::Env;
use bailiwick_kernel::id::OrgId;
use bailiwick_pg::sql;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Fact;
use crate::{Result, Store, seats};

sql! {
    /// Everybody with this verified e-mail.
    LOCK_BY_EMAIL(TEXT) = "
        select id, platform_role from control.users
        where lower(email) = lower($1) and deleted_at is null order by id limit 2 for update";
    /// A new platform role; the version moves, so that open doors are looked at again.
    SET_ROLE(UUID, TEXT, TIMESTAMPTZ) = "
        update control.users set platform_role = $2, version = version + 1, updated_at = $3 where id = $1";
    /// The organization with this slug.
    LOCK_BY_SLUG(TEXT) = "
        select id, members_max from control.organizations where slug = $1 and deleted_at is null for update";
}

/// Gives the one user with this e-mail a platform role and records it. Answers how many users have
/// the e-mail; nothing is changed unless it is one.
///
/// # Errors
/// The database's.
pub async fn grant(store: &Store, env: &Env, email: &str, role: &str) -> Result<usize> {
    let mut tx = store.control().await?;
    let found = tx.query(&LOCK_BY_EMAIL, &[&email]).await?;
    if let [row] = found.as_slice() {
        let (id, before): (Uuid, String) = (row.try_get(0)?, row.try_get(1)?);
        let now = env.now();
        tx.execute(&SET_ROLE, &[&id, &role, &now]).await?;
        let object = id.to_string();
        let fact = Fact {
            before: Some(json!({"platformRole": before})),
            after: Some(json!({"platformRole": role})),
            ..Fact::impersonal(env, "system", "platform.grant", ("user", &object))
        };
        store.record(&mut tx, &fact).await?;
    }
    tx.commit().await?;
    Ok(found.len())
}

/// Lets the organization with this slug have so many people, whoever is invited included; none for
/// what its plan allows. Records it where it changes something. `false` where there is none.
///
/// # Errors
/// The database's; a number below one breaks a constraint.
pub async fn limit_members(
    store: &Store,
    env: &Env,
    slug: &str,
    most: Option<i32>,
) -> Result<bool> {
    let mut tx = store.control().await?;
    let found = tx.query_opt(&LOCK_BY_SLUG, &[&slug]).await?;
    let Some(row) = found else { return Ok(false) };
    let (id, before): (Uuid, Option<i32>) = (row.try_get(0)?, row.try_get(1)?);
    if before != most {
        seats::set_members_max(&mut tx, OrgId::from(id), most, env.now()).await?;
        let object = id.to_string();
        let fact = Fact {
            before: Some(json!({"membersMax": before})),
            after: Some(json!({"membersMax": most})),
            ..Fact::impersonal(env, "system", "platform.limit", ("organization", &object))
        };
        store.record(&mut tx, &fact).await?;
    }
    tx.commit().await?;
    Ok(true)
}
