//! What all handlers share.

use bailiwick_pg::Tx;
use serde_json::Value;

use super::quota::{Bound, Quota};
use crate::domain::{memberships, people};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::secrets;
use crate::store;
use crate::store::memberships::Membership;

/// The state of the router.
pub(super) struct Backend {
    pub(super) idp: Idp,
    quota: Quota,
}

impl Backend {
    pub(super) fn new(idp: Idp) -> Self {
        Self {
            idp,
            quota: Quota::new(),
        }
    }

    /// Counts what is bounded; 429 where there was too much of it.
    pub(super) fn take(&self, bound: Bound) -> Result<(), Refusal> {
        self.quota.take(bound, self.idp.env().now())
    }

    /// Begins a transaction on the provider's database.
    pub(super) async fn begin(&self) -> Result<Tx> {
        Ok(self.idp.pool().begin().await?)
    }

    /// Whether a bearer token is the secret key. Compares digests in constant time, so neither
    /// the key nor its length shows in how long it takes.
    pub(super) fn is_key(&self, token: &str) -> bool {
        secrets::is_same(token, &self.idp.config().secret_key)
    }

    /// Memberships of any users, as this API shows them.
    pub(super) async fn memberships(&self, tx: &mut Tx, rows: &[Membership]) -> Result<Vec<Value>> {
        let ids: Vec<String> = rows.iter().map(|row| row.user_id.clone()).collect();
        let people = people::load(tx, &ids).await?;
        let show = |row: &Membership| {
            let person = people.get(&row.user_id)?;
            Some(memberships::resource(&self.idp, row, person))
        };
        Ok(rows.iter().filter_map(show).collect())
    }
}

/// The user of that id, or 404.
pub(super) async fn person(tx: &mut Tx, id: &str) -> Result<Person> {
    Ok(people::find(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?)
}

/// The id of the organization that an id or a slug names, or 404. Ids have an underscore, slugs
/// have none.
pub(super) async fn organization_id(tx: &mut Tx, id_or_slug: &str) -> Result<String> {
    if id_or_slug.starts_with("org_") {
        return Ok(id_or_slug.to_owned());
    }
    let id = store::organizations::find_by_slug(tx, id_or_slug).await?;
    Ok(id.ok_or_else(|| Refusal::not_found("Organization"))?)
}
