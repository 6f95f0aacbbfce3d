//! What the people who operate the installation see and do, whatever organization they are in.
//!
//! An [`Operator`] is to the installation what [`crate::Scope`] is to a tenant: the only way, with a
//! permission. What is changed is decided on the role as it stands in the change's transaction, and
//! recorded there.

pub mod conflicts;
pub mod flags;
pub mod inbox;
pub mod organizations;
pub mod status;
pub mod users;

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_kernel::{Code, PlatformRole, Problem, Refusal};
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::users as people;
use serde_json::Value;

use crate::{App, Caller, Result};

/// Somebody who operates the installation, with the permission that they came for.
pub struct Operator {
    caller: Caller,
    permission: PlatformPermission,
}

impl Operator {
    /// Refuses who does not hold `permission`, and whoever acts as somebody else: support helps in
    /// an organization, it never operates the installation in another's name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn open(caller: Caller, permission: PlatformPermission) -> Result<Self> {
        if caller.acting().is_some() {
            return Err(denied(permission, "impersonated").into());
        }
        let mut caller = caller;
        if !caller.platform_role().may(permission) && caller.is_cached() {
            caller = caller.refreshed().await?;
        }
        check(caller.platform_role(), permission)?;
        Ok(Self { caller, permission })
    }

    /// The same before a thing that is named: to who has no part in operating the installation it
    /// does not exist.
    ///
    /// # Errors
    /// `NOT_FOUND`; `PERMISSION_DENIED` for who operates and does not hold the permission.
    pub async fn open_thing(caller: Caller, permission: PlatformPermission) -> Result<Self> {
        let role = caller.platform_role();
        match Self::open(caller, permission).await {
            Err(crate::Error::Problem(_)) if role == PlatformRole::None => {
                Err(Problem::not_found().into())
            }
            other => other,
        }
    }

    fn app(&self) -> &App {
        self.caller.app()
    }

    /// A transaction in which the role stays what it is now.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` where it was taken away meanwhile.
    async fn begin(&self) -> Result<Tx> {
        let mut tx = self.app().store().control().await?;
        let acting = people::find_acting(&mut tx, self.caller.user()).await?;
        let role = acting.and_then(|acting| PlatformRole::from_key(&acting.platform_role));
        check(role.unwrap_or(PlatformRole::None), self.permission)?;
        Ok(tx)
    }

    /// Records what was done in the transaction that did it, among the facts of the installation.
    async fn record(
        &self,
        tx: &mut Tx,
        action: &'static str,
        object: (&str, &str),
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<()> {
        let now = self.app().env().now();
        let fact = Fact {
            before,
            after,
            ..self.caller.fact(now, action, object)
        };
        Ok(self.app().store().record(tx, &fact).await?)
    }
}

fn check(role: PlatformRole, permission: PlatformPermission) -> Result<(), Problem> {
    match role {
        role if role.may(permission) => Ok(()),
        PlatformRole::None => Err(denied(permission, "no_role")),
        PlatformRole::AdminStaff | PlatformRole::SuperAdmin => {
            Err(denied(permission, "not_granted"))
        }
    }
}

fn denied(permission: PlatformPermission, reason: &'static str) -> Problem {
    let refusal = Refusal {
        permission: Some(permission.as_str().to_owned()),
        ..Refusal::of(reason)
    };
    Problem::new(Code::PermissionDenied).refusal(refusal)
}
