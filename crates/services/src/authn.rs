//! From a verified token to a caller that the mirror knows.

use std::sync::Arc;

use bailiwick_clerk::session::SessionClaims;
use bailiwick_kernel::id::{OrgId, RequestId, UserId};
use bailiwick_kernel::{Code, PlatformRole, Problem};
use bailiwick_store::context::Context;

use crate::app::ContextKey;
use crate::{App, Result, sync};

/// What surrounds a request, for the audit.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// Its id, as its log lines and its answer name it.
    pub id: RequestId,
    /// The client's address.
    pub address: Option<String>,
}

/// A verified user whom the mirror knows.
#[derive(Clone)]
pub struct Caller {
    pub(crate) app: App,
    pub(crate) claims: Arc<SessionClaims>,
    pub(crate) context: Arc<Context>,
    pub(crate) request: RequestInfo,
    key: ContextKey,
    cached: bool,
}

impl App {
    /// Verifies a bearer token. The reason of a refusal goes to the log, not to the client.
    ///
    /// # Errors
    /// `AUTH_INVALID_TOKEN`; `UNAVAILABLE` while there are no keys to verify with.
    pub async fn verify(&self, token: &str) -> Result<Arc<SessionClaims>> {
        self.verifier().verify(token).await.map_err(|error| {
            if error.is_unavailable() {
                return Problem::unavailable(2).caused_by(error).into();
            }
            metrics::counter!("authentication_failures", "reason" => error.reason()).increment(1);
            tracing::info!(reason = error.reason(), "a session token was refused");
            Problem::new(Code::AuthInvalidToken).into()
        })
    }

    /// The caller behind verified claims. `other` is the organization that an operator of the
    /// installation names instead of an active one.
    ///
    /// # Errors
    /// `AUTH_USER_NOT_FOUND` where the mirror and the provider do not know the user, or the user
    /// is deactivated.
    pub async fn caller(
        &self,
        claims: Arc<SessionClaims>,
        other: Option<OrgId>,
        request: RequestInfo,
    ) -> Result<Caller> {
        let key = ContextKey {
            user: claims.user_id.as_str().into(),
            organization: claims.organization.as_ref().map(|o| o.id.as_str().into()),
            override_org: other.map(OrgId::uuid),
        };
        let kept = self.inner().contexts.get(&key);
        let fresh = kept.filter(|(_, stamp)| self.inner().freshness.holds(&key, stamp));
        let (context, cached) = match fresh {
            Some((context, _)) => (context, true),
            // Boxed, here and below: what is rare would make the future of every request large.
            None => (Box::pin(self.resolve(&claims, other, &key)).await?, false),
        };
        Ok(Caller {
            app: self.clone(),
            claims,
            context,
            request,
            key,
            cached,
        })
    }

    /// Reads the context anew, asking the provider once for what the mirror does not have.
    async fn resolve(
        &self,
        claims: &SessionClaims,
        other: Option<OrgId>,
        key: &ContextKey,
    ) -> Result<Arc<Context>> {
        let mut stamp = self.inner().freshness.stamp(key);
        let mut found = self.look_up(claims, other).await?;
        if found.is_none() && self.settings().jit_users {
            sync::fetch::user_once(self, &claims.user_id).await?;
            stamp = self.inner().freshness.stamp(key);
            found = self.look_up(claims, other).await?;
        }
        let mut context = found.ok_or_else(|| Problem::new(Code::AuthUserNotFound))?;
        if !context.is_active {
            return Err(Problem::new(Code::AuthUserNotFound).into());
        }
        if let (Some(organization), None) = (&claims.organization, other)
            && !has_membership(&context)
            && sync::fetch::membership(self, &claims.user_id, &organization.id).await?
        {
            stamp = self.inner().freshness.stamp(key);
            context = self
                .look_up(claims, other)
                .await?
                .ok_or_else(|| Problem::new(Code::AuthUserNotFound))?;
        }
        let context = Arc::new(context);
        self.inner()
            .contexts
            .insert(key.clone(), (Arc::clone(&context), stamp));
        Ok(context)
    }

    async fn look_up(
        &self,
        claims: &SessionClaims,
        other: Option<OrgId>,
    ) -> Result<Option<Context>> {
        Ok(match other {
            Some(org) => self.store().resolve_in(&claims.user_id, org).await?,
            None => {
                let org = claims.organization.as_ref().map(|o| o.id.as_str());
                self.store().resolve(&claims.user_id, org).await?
            }
        })
    }
}

fn has_membership(context: &Context) -> bool {
    context
        .organization
        .as_ref()
        .and_then(|org| org.membership.as_ref())
        .is_some_and(|m| m.status != "removed")
}

impl Caller {
    /// The user.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.context.user
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The operator's role on the installation.
    #[must_use]
    pub fn platform_role(&self) -> PlatformRole {
        PlatformRole::from_key(&self.context.platform_role).unwrap_or(PlatformRole::None)
    }

    /// The organization that the token names, as the mirror has it.
    #[must_use]
    pub fn active_organization(&self) -> Option<OrgId> {
        self.context.organization.as_ref().map(|org| org.id)
    }

    /// Whether the token, or an operator's header, names an organization, known here or not.
    #[must_use]
    pub fn names_organization(&self) -> bool {
        self.claims.organization.is_some() || self.key.override_org.is_some()
    }

    pub(crate) fn is_cached(&self) -> bool {
        self.cached
    }

    /// The same caller with a context read anew.
    pub(crate) async fn refreshed(&self) -> Result<Self> {
        self.app.inner().contexts.invalidate(&self.key);
        self.current().await
    }

    /// The same caller with the context as it holds now, cached or not.
    pub(crate) async fn current(&self) -> Result<Self> {
        let other = self.key.override_org.map(OrgId::from);
        let again = self
            .app
            .caller(Arc::clone(&self.claims), other, self.request.clone());
        Box::pin(again).await
    }
}
