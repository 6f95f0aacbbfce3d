//! Roles in organizations.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.roles`.
#[derive(Clone, Debug)]
pub struct Role {
    /// `role_…`.
    pub id: String,
    /// `org:admin`, `org:member`.
    pub key: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Permission keys, `org:<feature>:<permission>`.
    pub permissions: Vec<String>,
    /// Whether the creator of an organization may be given it.
    pub is_creator_eligible: bool,
    /// When it was defined.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The role that the creator of an organization gets.
pub const CREATOR: &str = "org:admin";

sql! {
    /// All roles.
    LIST(INT8, INT8) = "
        select id, key, name, description, permissions, is_creator_eligible, created_at, updated_at
        from idp.roles order by created_at, id limit $1 offset $2";
    /// How many roles there are.
    COUNT() = "select count(*) from idp.roles";
    /// A role by its key.
    FIND(TEXT) = "
        select id, key, name, description, permissions, is_creator_eligible, created_at, updated_at
        from idp.roles where key = $1";
}

fn read(row: &Row) -> Role {
    Role {
        id: row.get("id"),
        key: row.get("key"),
        name: row.get("name"),
        description: row.get("description"),
        permissions: row.get("permissions"),
        is_creator_eligible: row.get("is_creator_eligible"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}

/// A page of the roles, with how many there are.
pub async fn list(tx: &mut Tx, page: super::Page) -> Result<(Vec<Role>, i64)> {
    let roles = tx
        .query(&LIST, &[&page.limit, &page.offset])
        .await?
        .iter()
        .map(read)
        .collect();
    Ok((roles, tx.query_one(&COUNT, &[]).await?.get(0)))
}

/// The role of that key.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Role>> {
    Ok(tx.query_opt(&FIND, &[&key]).await?.as_ref().map(read))
}
