//! Who may do what to whom. All of it is looked at under the organization's lock, in the transaction
//! of the change.

use std::sync::Arc;

use bailiwick_kernel::id::{IntentId, OrgId, UserId};
use bailiwick_kernel::policy::{Actor, RoleId};
use bailiwick_kernel::{Code, PlatformRole, Problem};
use bailiwick_pg::Tx;
use bailiwick_store::intents;
use bailiwick_store::memberships::{self, Locked};
use bailiwick_store::users;

use crate::intents::membership::{SetRole, Who};
use crate::intents::{after_grace, subject};
use crate::{App, Error, Result};

/// What somebody is in an organization at this moment; none who is nothing there.
pub(crate) async fn standing(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    org: OrgId,
) -> Result<Option<Actor>> {
    let Some(acting) = users::find_acting(tx, user).await? else {
        return Ok(None);
    };
    let platform = PlatformRole::from_key(&acting.platform_role).unwrap_or(PlatformRole::None);
    let row = memberships::lock(tx, user, org).await?;
    let Some(row) = row.filter(|row| row.status == "active") else {
        let operator = Actor::outsider().platform(platform);
        return Ok((platform != PlatformRole::None).then_some(operator));
    };
    let (role, granted) = (role_of(app, &row)?, app.granted(&row.grants)?);
    if platform == PlatformRole::None {
        app.within_hours(role, &granted)?;
    }
    let actor = Actor::member(role).platform(platform);
    Ok(Some(actor.granted(Arc::new(granted))))
}

/// The role of a membership.
///
/// # Errors
/// The pack does not know it: a fault of the installation.
pub(crate) fn role_of(app: &App, row: &Locked) -> Result<RoleId> {
    let role = app.pack().role(&row.role);
    role.ok_or_else(|| Error::Inconsistent(format!("membership {} has an unknown role", row.id)))
}

/// Refuses a role that the policy does not let the actor give, take or touch.
pub(crate) fn reaches(app: &App, actor: &Actor, role: RoleId) -> Result<()> {
    if app.pack().may_assign(actor, role) {
        return Ok(());
    }
    Err(app.pack().beyond(role).into())
}

/// Refuses what has just taken the organization's last member of the highest role. Whoever takes
/// one away holds the organization's lock, so two at once cannot both see the other's.
pub(crate) async fn keep_an_owner(
    app: &App,
    tx: &mut Tx,
    org: OrgId,
    before: &Locked,
) -> Result<()> {
    let top = app.pack().role_key(app.pack().top_role());
    let was_owner = before.role == top && before.status == "active";
    if was_owner && !memberships::has_active(tx, org, top).await? {
        return Err(Problem::new(Code::ConflictLastOwner).into());
    }
    Ok(())
}

/// A role that is not more than somebody had: in force at once.
pub(crate) struct Lower<'a> {
    pub who: &'a Who,
    pub row: &'a Locked,
    pub role: RoleId,
    pub requested_by: UserId,
}

impl Lower<'_> {
    /// Takes what is above `role`, and has the provider told where it can tell the difference.
    pub(crate) async fn apply(&self, app: &App, tx: &mut Tx) -> Result<Option<IntentId>> {
        let now = app.env().now();
        let subject = subject::member(self.who.org, self.who.user);
        let replaced = intents::supersede(tx, &subject, now).await?;
        let role = app.pack().role_key(self.role);
        let outbound = app.inner().provider_roles.outbound(self.role);
        memberships::set_role(tx, self.row.id, role, outbound, now).await?;
        // Where another decision was on its way, nobody knows what the provider has.
        if outbound == self.row.provider_role && !replaced.any {
            return Ok(None);
        }
        let set = SetRole::of(self.who, self.row, role);
        let at = after_grace(app);
        Ok(Some(set.add(app, tx, self.requested_by, at).await?))
    }

    /// Has the provider told what is here, whatever it has: what was to replace an earlier decision
    /// came to nothing, and that one was never sent.
    pub(crate) async fn tell_again(&self, app: &App, tx: &mut Tx) -> Result<()> {
        let set = SetRole::of(self.who, self.row, app.pack().role_key(self.role));
        set.add(app, tx, self.requested_by, app.env().now()).await?;
        Ok(())
    }
}
