//! Facts. Added in the transaction of the change that they tell of; never changed.

use bailiwick_kernel::Env;
use bailiwick_kernel::id::{AuditId, OrgId, RequestId, UserId};
use bailiwick_pg::{ToSql, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::Result;
use crate::tenant::TenantTx;

sql! {
    /// Adds a fact.
    INSERT(UUID, UUID, TIMESTAMPTZ, TEXT, UUID, TEXT, TEXT, TEXT, JSONB, JSONB, UUID, TEXT, TEXT) = "
        insert into control.audit (id, tenant_id, at, origin, actor_id, action, object_type, object_id,
                                   before, after, request_id, address, impersonator)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
}

/// A fact to be recorded.
#[derive(Debug, Clone)]
pub struct Fact<'a> {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// `user`, `token`, `webhook`, `system` or `migration`.
    pub origin: &'static str,
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
        origin: &'static str,
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

/// A fact's ids as the driver wants them.
struct Bound {
    id: Uuid,
    tenant: Option<Uuid>,
    actor: Option<Uuid>,
    request: Option<Uuid>,
}

impl Bound {
    fn new(tenant: Option<OrgId>, fact: &Fact<'_>) -> Self {
        Self {
            id: fact.id.uuid(),
            tenant: tenant.map(OrgId::uuid),
            actor: fact.actor.map(UserId::uuid),
            request: fact.request.map(RequestId::uuid),
        }
    }

    fn params<'a>(&'a self, fact: &'a Fact<'_>) -> [&'a (dyn ToSql + Sync); 13] {
        [
            &self.id,
            &self.tenant,
            &fact.at,
            &fact.origin,
            &self.actor,
            &fact.action,
            &fact.object_type,
            &fact.object_id,
            &fact.before,
            &fact.after,
            &self.request,
            &fact.address,
            &fact.impersonator,
        ]
    }
}

/// Adds a fact that belongs to a tenant (`Some`; the transaction must be inside it) or to none.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, tenant: Option<OrgId>, fact: &Fact<'_>) -> Result<()> {
    let bound = Bound::new(tenant, fact);
    tx.execute(&INSERT, &bound.params(fact)).await?;
    Ok(())
}

impl TenantTx {
    /// Adds a fact of this tenant.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit(&mut self, fact: &Fact<'_>) -> Result<()> {
        let tenant = self.tenant();
        insert(self.control(), Some(tenant), fact).await
    }

    /// Adds a last fact of this tenant and commits, in one flight.
    ///
    /// # Errors
    /// The database's; nothing is committed then.
    pub async fn audit_and_commit(self, fact: &Fact<'_>) -> Result<()> {
        let bound = Bound::new(Some(self.tenant()), fact);
        self.finish(&INSERT, &bound.params(fact)).await?;
        Ok(())
    }
}
