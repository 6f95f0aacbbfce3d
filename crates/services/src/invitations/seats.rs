//! As many people as the plan allows: everybody who is in the organization at the provider, and
//! everybody who is invited.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::{Code, Problem, Tier};
use bailiwick_store::seats as rows;

use super::list::authorize;
use crate::members::act::Act;
use crate::{App, Caller, Result};

/// How many people an organization may have, and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// Members, whatever keeps them from acting, and open invitations.
    pub taken: i64,
    /// How many there may be.
    pub max: i64,
}

impl Seats {
    fn of(app: &App, row: &rows::Seats) -> Self {
        let tier = Tier::from_plan(&row.tier).unwrap_or(Tier::Starter);
        let plan = app.pack().plan(tier).members_max;
        Self {
            taken: row.taken,
            max: row.members_max.map_or(i64::from(plan), i64::from),
        }
    }

    /// Whether nobody more can be invited.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.taken >= self.max
    }
}

/// How many people an organization may have, and has. Needs `users:invite`.
///
/// # Errors
/// As [`crate::organizations::get`]; `PERMISSION_DENIED`.
pub async fn seats(caller: &Caller, org: OrgId) -> Result<Seats> {
    authorize(caller, org).await?;
    let app = &caller.app;
    let row = app.store().find_seats(org, app.env().now()).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    Ok(Seats::of(app, &row))
}

/// Refuses one more than the organization may have. Whoever adds one holds the organization's lock,
/// so two at once cannot both take the last seat. Who is put in at the provider comes in all the
/// same: that is its word, and it has limits of its own.
pub(super) async fn check(act: &mut Act<'_>) -> Result<()> {
    let row = rows::find(&mut act.tx, act.org, act.now).await?;
    let seats = Seats::of(act.app(), &row);
    if !seats.is_full() {
        return Ok(());
    }
    let detail = format!(
        "The organization may have {} people, and with those who are invited it has {}. Take an \
         invitation back, remove a member, or move to a plan with room for more.",
        seats.max, seats.taken
    );
    Err(Problem::new(Code::PlanLimitExceeded).detail(detail).into())
}
