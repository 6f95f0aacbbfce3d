//! Facts. Added in the transaction of the change that they tell of, with a MAC; never changed.

use bailiwick_kernel::Env;
use bailiwick_kernel::id::{AuditId, OrgId, RequestId, UserId};
use bailiwick_pg::{ToSql, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::encoding::Columns;
use super::keys::{Keys, Mac, Purpose};
use crate::tenant::TenantTx;
use crate::{Error, Result, Store};

sql! {
    /// Adds a fact. A trigger adds it to what awaits its seal.
    pub(super) INSERT(UUID, UUID, TIMESTAMPTZ, TEXT, UUID, TEXT, TEXT, TEXT, JSONB, JSONB, UUID, TEXT, TEXT, TEXT, BYTEA) = "
        insert into control.audit (id, tenant_id, at, origin, actor_id, action, object_type, object_id,
                                   before, after, request_id, address, impersonator, key_id, mac)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
}

/// A fact to be recorded.
#[derive(Debug, Clone)]
pub struct Fact<'a> {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// `user`, `token`, `webhook`, `system` or `migration`.
    pub origin: &'a str,
    /// Who, where a person did it.
    pub actor: Option<UserId>,
    /// The provider's id of who really acted, where the actor was impersonated.
    pub impersonator: Option<&'a str>,
    /// What was done: `projects.create`.
    pub action: &'a str,
    /// To what kind of thing.
    pub object_type: &'a str,
    /// To which.
    pub object_id: &'a str,
    /// What it was.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
    /// In which request.
    pub request: Option<RequestId>,
    /// From which address.
    pub address: Option<&'a str>,
}

impl<'a> Fact<'a> {
    /// A fact of nobody in person, now: no request, no address, nothing before or after yet.
    #[must_use]
    pub fn impersonal(
        env: &Env,
        origin: &'a str,
        action: &'a str,
        object: (&'a str, &'a str),
    ) -> Self {
        Self {
            id: AuditId::from(env.uuid()),
            at: env.now(),
            origin,
            actor: None,
            impersonator: None,
            action,
            object_type: object.0,
            object_id: object.1,
            before: None,
            after: None,
            request: None,
            address: None,
        }
    }
}

/// A fact with its MAC, as the driver wants it.
pub(super) struct Bound<'a> {
    fact: &'a Fact<'a>,
    id: Uuid,
    tenant: Option<Uuid>,
    at: Timestamp,
    actor: Option<Uuid>,
    request: Option<Uuid>,
    mac: Mac,
}

impl<'a> Bound<'a> {
    pub fn new(keys: &Keys, tenant: Option<OrgId>, fact: &'a Fact<'a>) -> Self {
        let mut bound = Self {
            fact,
            id: fact.id.uuid(),
            tenant: tenant.map(OrgId::uuid),
            at: stored(fact.at),
            actor: fact.actor.map(UserId::uuid),
            request: fact.request.map(RequestId::uuid),
            mac: Mac::default(),
        };
        bound.mac = keys.sign(Purpose::Fact, &bound.columns().encode());
        bound
    }

    fn columns(&self) -> Columns<'_> {
        Columns {
            id: self.id,
            tenant: self.tenant,
            at: self.at,
            origin: self.fact.origin,
            actor: self.actor,
            impersonator: self.fact.impersonator,
            action: self.fact.action,
            object_type: self.fact.object_type,
            object_id: self.fact.object_id,
            before: self.fact.before.as_ref(),
            after: self.fact.after.as_ref(),
            request: self.request,
            address: self.fact.address,
        }
    }

    pub fn params(&self) -> [&(dyn ToSql + Sync); 15] {
        [
            &self.id,
            &self.tenant,
            &self.at,
            &self.fact.origin,
            &self.actor,
            &self.fact.action,
            &self.fact.object_type,
            &self.fact.object_id,
            &self.fact.before,
            &self.fact.after,
            &self.request,
            &self.fact.address,
            &self.fact.impersonator,
            &self.mac.key_id,
            &self.mac.bytes,
        ]
    }
}

/// The time as the database keeps it: whole microseconds.
fn stored(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The keys, or why nothing can be recorded.
pub(crate) fn required(keys: Option<&Keys>) -> Result<&Keys> {
    keys.ok_or_else(|| Error::Config("AUDIT_KEYS is not set: no fact can be recorded".to_owned()))
}

impl Store {
    /// Adds a fact that belongs to no tenant, in a transaction of [`Store::control`].
    ///
    /// # Errors
    /// The database's; there are no keys.
    pub async fn record(&self, tx: &mut Tx, fact: &Fact<'_>) -> Result<()> {
        let bound = Bound::new(required(self.keys())?, None, fact);
        tx.execute(&INSERT, &bound.params()).await?;
        Ok(())
    }
}

impl TenantTx {
    /// Adds a fact of this tenant.
    ///
    /// # Errors
    /// The database's; there are no keys.
    pub async fn audit(&mut self, fact: &Fact<'_>) -> Result<()> {
        let bound = Bound::new(required(self.keys())?, Some(self.tenant()), fact);
        self.control().execute(&INSERT, &bound.params()).await?;
        Ok(())
    }

    /// Adds a last fact of this tenant and commits, in one flight.
    ///
    /// # Errors
    /// The database's; there are no keys. Nothing is committed then.
    pub async fn audit_and_commit(self, fact: &Fact<'_>) -> Result<()> {
        let bound = Bound::new(required(self.keys())?, Some(self.tenant()), fact);
        self.finish(&INSERT, &bound.params()).await?;
        Ok(())
    }
}
