//! From a verified token to a caller that the mirror knows.

use std::sync::Arc;
use std::time::Instant;

use bailiwick_clerk::session::SessionClaims;
use bailiwick_kernel::id::{OrgId, RequestId, UserId};
use bailiwick_kernel::policy::{Granted, Grants, UnreadableGrants};
use bailiwick_kernel::{Code, PlatformRole, Problem};
use bailiwick_store::context::Context;

use crate::app::{ContextKey, Known};
use crate::impersonations::{Acting, ActingKey};
use crate::{App, Result, sync};

/// What surrounds a request, for the audit.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// Its id, as its log lines and its answer name it.
    pub id: RequestId,
    /// The client's address.
    pub address: Option<String>,
}

/// What the mirror says about a caller, with the grants of the membership compiled: all that a
/// decision takes, so that a warm one never touches the database.
pub(crate) struct Rights {
    context: Context,
    /// None where the caller is no active member.
    pub granted: Option<Arc<Granted>>,
    /// Who acts for the caller, where somebody does.
    pub acting: Option<Acting>,
}

impl Rights {
    fn new(app: &App, context: Context, acting: Option<Acting>) -> Result<Self> {
        let org = context.organization.as_ref();
        let membership = org.and_then(|org| org.membership.as_ref());
        let granted = match membership.filter(|m| m.status == "active") {
            Some(membership) => Some(Arc::new(app.granted(&membership.grants)?)),
            None => None,
        };
        Ok(Self {
            context,
            granted,
            acting,
        })
    }
}

impl std::ops::Deref for Rights {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}

/// A verified user whom the mirror knows.
#[derive(Clone)]
pub struct Caller {
    pub(crate) app: App,
    pub(crate) claims: Arc<SessionClaims>,
    pub(crate) context: Arc<Rights>,
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
    /// is deactivated; `AUTH_IMPERSONATION_INVALID` where the token names somebody who acts for the
    /// user and may not.
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
            acting: ActingKey::of(&claims)?,
        };
        let kept = self.inner().contexts.get(&key);
        let fresh = kept.filter(|known| self.inner().freshness.holds(&key, &known.stamp));
        let (known, cached) = match fresh {
            Some(known) => (known, true),
            // Boxed, here and below: what is rare would make the future of every request large.
            None => {
                let resolved = self.resolve(&claims, other, &key, &request);
                (Box::pin(resolved).await?, false)
            }
        };
        if let Some(acting) = &known.context.acting {
            acting.must_last(self.env().now())?;
        }
        if let Some(proof) = &known.proof {
            self.use_proof(proof, &claims, &known.context);
        }
        Ok(Caller {
            app: self.clone(),
            claims,
            context: known.context,
            request,
            key,
            cached,
        })
    }

    /// Reads the context anew. What the mirror does not have is asked for at the provider, once for
    /// all requests that come meanwhile.
    async fn resolve(
        &self,
        claims: &SessionClaims,
        other: Option<OrgId>,
        key: &ContextKey,
        request: &RequestInfo,
    ) -> Result<Known> {
        let mut stamp = self.inner().freshness.stamp(key);
        let mut found = self.look_up(claims, other).await?;
        if self.is_incomplete(claims, other, found.as_ref()) {
            let came = Instant::now();
            let turn = self.inner().arrivals.get_with(key.clone(), Arc::default);
            let mut failed = turn.lock().await;
            // Who waited for a call that failed does not make one of their own after it.
            if failed.is_some_and(|at| at > came) {
                return Err(Problem::unavailable(2).into());
            }
            found = self.look_up(claims, other).await?;
            if self.is_incomplete(claims, other, found.as_ref()) {
                let fetched = self.fetch_missing(claims, found.is_none()).await;
                *failed = fetched.is_err().then(Instant::now);
                fetched?;
            }
            stamp = self.inner().freshness.stamp(key);
            found = self.look_up(claims, other).await?;
        }
        let context = found.ok_or_else(|| Problem::new(Code::AuthUserNotFound))?;
        if !context.is_active {
            return Err(Problem::new(Code::AuthUserNotFound).into());
        }
        let acting = match &key.acting {
            Some(acting) => Some(self.acting(acting, &context, request).await?),
            None => None,
        };
        let context = Arc::new(Rights::new(self, context, acting)?);
        let proof = match other {
            None => self.proof_of(claims, &context),
            Some(_) => None,
        };
        let known = Known {
            context,
            stamp,
            proof,
        };
        self.inner().contexts.insert(key.clone(), known.clone());
        Ok(known)
    }

    /// Whether the provider may know more than the mirror does.
    fn is_incomplete(
        &self,
        claims: &SessionClaims,
        other: Option<OrgId>,
        found: Option<&Context>,
    ) -> bool {
        match found {
            None => self.settings().jit_users,
            Some(context) => {
                let names_one = claims.organization.is_some() && other.is_none();
                names_one && context.is_active && !has_membership(context)
            }
        }
    }

    /// Fetches the user, where there is none here, and the membership that the token names.
    async fn fetch_missing(&self, claims: &SessionClaims, is_unknown: bool) -> Result<()> {
        if is_unknown && !sync::fetch::user_once(self, &claims.user_id).await? {
            return Ok(());
        }
        if let Some(organization) = &claims.organization {
            sync::fetch::membership(self, &claims.user_id, &organization.id).await?;
        }
        Ok(())
    }

    /// Compiles what a membership stores as its grants.
    ///
    /// # Errors
    /// They cannot be read: nobody acts on such a membership, since a limit may be part of them.
    pub(crate) fn granted(&self, stored: &serde_json::Value) -> Result<Granted> {
        let unreadable = |error: UnreadableGrants| crate::Error::Inconsistent(error.to_string());
        let grants = Grants::from_stored(stored.clone()).map_err(unreadable)?;
        self.pack().granted(&grants).map_err(unreadable)
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

    /// The operator's role on the installation; none while somebody acts for them.
    #[must_use]
    pub fn platform_role(&self) -> PlatformRole {
        if self.acting().is_some() {
            return PlatformRole::None;
        }
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
