//! People who operate the whole installation, and what they see of it.

pub mod organizations;
pub mod users;

use bailiwick_kernel::Env;
use bailiwick_pg::sql;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Fact;
use crate::{Result, Store};

sql! {
    /// Everybody with this verified e-mail.
    LOCK_BY_EMAIL(TEXT) = "
        select id, platform_role from control.users
        where lower(email) = lower($1) and deleted_at is null order by id limit 2 for update";
    /// A new platform role; the version moves, so that open doors are looked at again.
    SET_ROLE(UUID, TEXT, TIMESTAMPTZ) = "
        update control.users set platform_role = $2, version = version + 1, updated_at = $3 where id = $1";
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
