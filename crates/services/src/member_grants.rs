//! What members may do beside their roles. Nobody gives what they do not hold, touches whom they
//! could not have made, or adds to their own.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::policy::{Actor, Grants, GrantsChange, permission};
use bailiwick_kernel::text::Fields;
use bailiwick_kernel::{Code, PlatformRole, Problem};
use bailiwick_store::member_grants as rows;

use crate::{Error, Op, Result, Scope};

/// A member's grants at one version of the membership.
#[derive(Debug, Clone)]
pub struct MemberGrants {
    /// Whose.
    pub user: UserId,
    /// The org role's key.
    pub role: String,
    /// The membership's version, which moves with every change.
    pub version: i64,
    /// What was granted.
    pub grants: Grants,
}

/// How grants are to be changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// To these.
    Replace(Grants),
    /// Page by page; what is not named stays.
    Merge(GrantsChange),
}

impl Change {
    fn of(&self, before: &Grants) -> Grants {
        match self {
            Self::Replace(grants) => grants.clone().normal(),
            Self::Merge(change) => before.clone().merged(change),
        }
    }
}

/// A member's grants. Permission `users:read`.
///
/// # Errors
/// `NOT_FOUND` for who is no member; `PERMISSION_DENIED`; as [`Scope::require_org`].
pub async fn get(scope: &mut Scope, org: OrgId, user: UserId) -> Result<MemberGrants> {
    scope.require_org(org).await?;
    scope.authorize(permission::USERS_READ).await?;
    let found = scope.app().store().find_member_grants(org, user).await?;
    shown(user, &found.ok_or_else(Problem::not_found)?)
}

fn shown(user: UserId, row: &rows::MemberGrants) -> Result<MemberGrants> {
    let grants = Grants::from_stored(row.grants.clone())
        .map_err(|error| Error::Inconsistent(error.to_string()))?;
    Ok(MemberGrants {
        user,
        role: row.role.clone(),
        version: row.version,
        grants: grants.normal(),
    })
}

/// Changes a member's grants. Permission `users:grant`. `version` is the one that the change was
/// made from.
///
/// # Errors
/// `NOT_FOUND` for who is no member; `CONFLICT_VERSION` where the membership has changed meanwhile;
/// `PERMISSION_ROLE_INSUFFICIENT` where the member's role is not for the caller to decide over;
/// `PERMISSION_DENIED`, also for what the caller does not hold; `VALIDATION_FAILED`.
pub async fn change(
    scope: &mut Scope,
    org: OrgId,
    user: UserId,
    version: i64,
    change: &Change,
) -> Result<MemberGrants> {
    scope.require_org(org).await?;
    let (changed, clerk_user_id) = scope
        .change(permission::USERS_GRANT, |mut op| async move {
            let changed = apply(&mut op, user, version, change).await?;
            Ok((op, changed))
        })
        .await?;
    if let Some(id) = clerk_user_id {
        scope.app().user_changed(&id);
    }
    Ok(changed)
}

/// The grants as they are then, and the provider's id of the member.
async fn apply(
    op: &mut Op,
    user: UserId,
    version: i64,
    change: &Change,
) -> Result<(MemberGrants, Option<String>)> {
    let found = op.tx().lock_member_grants(user).await?;
    let row = found.ok_or_else(Problem::not_found)?;
    let before = shown(user, &row)?;
    let mut after = MemberGrants {
        grants: change.of(&before.grants),
        ..before.clone()
    };
    check(op, &before, &after)?;
    // After the question whether the caller may touch this member at all: a version is no secret
    // to who reads the grants, and nothing to who may not change them.
    if row.version != version {
        return Err(Problem::new(Code::ConflictVersion).into());
    }
    if after.grants == before.grants {
        op.unchanged();
        return Ok((before, None));
    }
    let json = |grants: &Grants| {
        serde_json::to_value(grants).map_err(|error| Error::Inconsistent(error.to_string()))
    };
    let (old, new) = (json(&before.grants)?, json(&after.grants)?);
    let now = op.now();
    op.tx().set_member_grants(row.membership, &new, now).await?;
    op.audit(
        "page_access_changed",
        "membership",
        user,
        Some(old),
        Some(new),
    );
    after.version += 1;
    Ok((after, row.clerk_user_id))
}

fn check(op: &Op, before: &MemberGrants, after: &MemberGrants) -> Result<()> {
    let pack = op.app().pack();
    let actor: &Actor = op.actor();
    let role = pack.role(&before.role).ok_or_else(|| {
        Error::Inconsistent(format!("the member {} has an unknown role", before.user))
    })?;
    let runs_all = actor.platform_role() == PlatformRole::SuperAdmin;
    let is_self = before.user == op.me() && !runs_all;
    if !is_self && !pack.may_assign(actor, role) {
        return Err(pack.beyond(role).into());
    }
    let mut fields = Fields::new();
    pack.check_grants(&after.grants, &mut fields);
    fields.finish()?;
    let compile = |grants: &Grants| {
        let compiled = pack.granted(grants);
        compiled.map_err(|error| Error::Inconsistent(error.to_string()))
    };
    let (old, new) = (compile(&before.grants)?, compile(&after.grants)?);
    pack.may_grant(actor, &old, &new, is_self)
        .map_err(|overreach| pack.overreach(overreach).into())
}
