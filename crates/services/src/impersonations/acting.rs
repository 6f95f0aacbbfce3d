//! Each request of a session that names an actor: whether somebody may act for its user now.

use std::sync::Arc;

use bailiwick_clerk::session::SessionClaims;
use bailiwick_kernel::id::{AuditId, ImpersonationId, OrgId, UserId};
use bailiwick_kernel::policy::Actor;
use bailiwick_kernel::{Code, PlatformPermission, PlatformRole, Problem, Refusal};
use bailiwick_store::audit::Fact;
use bailiwick_store::context::Context;
use bailiwick_store::impersonations::{self, ActingRow};
use jiff::Timestamp;
use serde_json::json;

use crate::sync::organizations::step_in_as;
use crate::{App, Caller, RequestInfo, Result};

/// Somebody acts for the caller.
#[derive(Debug, Clone)]
pub struct Acting {
    /// By which impersonation.
    pub id: ImpersonationId,
    /// Who.
    pub impersonator: UserId,
    /// Why.
    pub reason: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// What they are on the installation, which bounds whom they may act for.
    role: PlatformRole,
}

/// What a token says of who acts: part of what a context is cached under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ActingKey {
    /// The provider's id of who acts.
    pub actor: Arc<str>,
    session: Arc<str>,
    impersonation: ImpersonationId,
}

impl ActingKey {
    /// Of a token; none where it names no actor.
    ///
    /// # Errors
    /// `AUTH_IMPERSONATION_INVALID` for an actor whom nobody here has let act.
    pub fn of(claims: &SessionClaims) -> Result<Option<Self>> {
        let Some(actor) = &claims.actor else {
            return Ok(None);
        };
        let named = actor.impersonation.as_deref();
        let impersonation = named.and_then(|id| id.parse().ok());
        let impersonation = impersonation.ok_or_else(|| refused("unnamed"))?;
        Ok(Some(Self {
            actor: actor.user_id.as_str().into(),
            session: claims.session_id.as_str().into(),
            impersonation,
        }))
    }
}

impl Acting {
    /// Refuses when its time is over, whatever the provider's session says.
    ///
    /// # Errors
    /// `AUTH_IMPERSONATION_INVALID`.
    pub(crate) fn must_last(&self, now: Timestamp) -> Result<()> {
        if now < self.expires_at {
            Ok(())
        } else {
            Err(refused("expired").into())
        }
    }
}

impl App {
    /// Who acts by a token, for the user of `context`. The first session that comes with an
    /// impersonation is the one that counts, and each organization that it leads into gets a fact
    /// of it; both are written before anything is shown.
    ///
    /// # Errors
    /// `AUTH_IMPERSONATION_INVALID` unless there is an impersonation of this user by this actor, in
    /// this session, which is not over, and the actor could start it now.
    pub(crate) async fn acting(
        &self,
        key: &ActingKey,
        context: &Context,
        request: &RequestInfo,
    ) -> Result<Acting> {
        let org = context.organization.as_ref().filter(|org| {
            let membership = org.membership.as_ref();
            membership.is_some_and(|m| m.status == "active")
        });
        let org = org.map(|org| org.id);
        let found = self.store().find_acting(key.impersonation, org).await?;
        let found = found.ok_or_else(|| refused("unknown"))?;
        let role = judge(key, context, &found, self.env().now()).map_err(refused)?;
        let is_known = found.impersonation.clerk_session_id.is_some();
        if !is_known || org.is_some() && !found.has_visited {
            self.note(key, context.user, org, request).await?;
        }
        Ok(Acting {
            id: key.impersonation,
            impersonator: found.impersonation.impersonator,
            reason: found.impersonation.reason,
            expires_at: found.impersonation.expires_at,
            role,
        })
    }

    /// Binds an impersonation to its session, and tells an organization that it leads there.
    async fn note(
        &self,
        key: &ActingKey,
        user: UserId,
        org: Option<OrgId>,
        request: &RequestInfo,
    ) -> Result<()> {
        let (id, now) = (key.impersonation, self.env().now());
        let object = id.to_string();
        let mut tx = self.store().control().await?;
        let row = impersonations::lock(&mut tx, id).await?;
        let row = row.filter(|row| row.is_open_at(now));
        let row = row.ok_or_else(|| refused("over"))?;
        let fact = |action, after| Fact {
            id: AuditId::from(self.env().uuid()),
            at: now,
            origin: "user",
            actor: Some(user),
            impersonator: Some(&*key.actor),
            action,
            object_type: "impersonation",
            object_id: &object,
            before: None,
            after: Some(after),
            request: Some(request.id),
            address: request.address.as_deref(),
        };
        match &row.clerk_session_id {
            Some(session) if **session == *key.session => {}
            Some(_) => return Err(refused("another_session").into()),
            None => {
                if !impersonations::begin(&mut tx, id, &key.session, now).await? {
                    return Err(refused("another_session").into());
                }
                let after = json!({"userId": user, "sessionId": &*key.session});
                let begun = fact("impersonations.begin", after);
                self.store().record(&mut tx, &begun).await?;
            }
        }
        let leads_anew = match org {
            Some(org) if impersonations::visit(&mut tx, id, org, now).await? => Some(org),
            Some(_) | None => None,
        };
        let Some(org) = leads_anew else {
            return Ok(tx.commit().await?);
        };
        let mut work = step_in_as(self, tx, org, "impersonations").await?;
        let after =
            json!({"userId": user, "reason": row.reason, "expiresAt": row.expires_at.to_string()});
        work.record(self, &fact("impersonations.enter", after))
            .await?;
        work.commit().await
    }
}

/// What who acts is on the installation, or why they may not.
fn judge(
    key: &ActingKey,
    context: &Context,
    found: &ActingRow,
    now: Timestamp,
) -> Result<PlatformRole, &'static str> {
    let row = &found.impersonation;
    if row.user != context.user || found.clerk_user_id.as_deref() != Some(&*key.actor) {
        return Err("another_person");
    }
    if !row.is_open_at(now) {
        return Err("over");
    }
    let session = row.clerk_session_id.as_deref();
    if session.is_some_and(|session| session != &*key.session) {
        return Err("another_session");
    }
    let role = PlatformRole::from_key(&found.platform_role).unwrap_or(PlatformRole::None);
    let theirs = PlatformRole::from_key(&context.platform_role);
    let is_above = theirs.is_some_and(|theirs| role > theirs);
    if !found.is_active || !is_above || !role.may(PlatformPermission::Impersonate) {
        return Err("not_allowed_any_more");
    }
    Ok(role)
}

/// The refusal of who acts. The reason goes to the log and the metric, not to the client.
fn refused(reason: &'static str) -> Problem {
    metrics::counter!("impersonations_refused", "reason" => reason).increment(1);
    tracing::warn!(reason, "somebody who acts for another was refused");
    Problem::new(Code::AuthImpersonationInvalid)
}

impl Caller {
    /// Who acts for the caller; none where they do so themselves.
    #[must_use]
    pub fn acting(&self) -> Option<&Acting> {
        self.context.acting.as_ref()
    }

    /// Refuses what nobody does in another's name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` while somebody acts for the caller.
    pub(crate) fn in_person(&self) -> Result<()> {
        if self.acting().is_none() {
            return Ok(());
        }
        let problem = Problem::denied().detail("This is not done in another's name");
        Err(problem.refusal(Refusal::of("impersonated")).into())
    }

    /// What this caller is in an organization: without what is done in person alone, while somebody
    /// acts for them.
    ///
    /// # Errors
    /// `PERMISSION_ROLE_INSUFFICIENT` where who acts could not have given the role.
    pub(crate) fn limited(&self, actor: Actor) -> Result<Actor, Problem> {
        let Some(acting) = self.acting() else {
            return Ok(actor);
        };
        match actor.role() {
            Some(role) => {
                self.app.reaches_to(acting.role, role)?;
                Ok(actor.impersonated())
            }
            None => Ok(actor.impersonated()),
        }
    }
}
