//! As many people as the plan allows: everybody who is in the organization at the provider, and
//! everybody who is invited.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::{Code, Problem, Refusal, Tier};
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::seats as rows;
use serde_json::json;

use super::list::authorize;
use crate::members::act::Act;
use crate::sync::Work;
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
    pub(crate) fn of(app: &App, row: &rows::Seats) -> Self {
        let plan = app.pack().plan(row.tier()).members_max;
        Self {
            taken: row.taken,
            max: row.members_max.map_or(i64::from(plan), i64::from),
        }
    }

    /// The seats of an organization that has more people than it may have: who comes by the provider
    /// is let in, and nobody is put out by a smaller plan.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn exceeded(app: &App, tx: &mut Tx, org: OrgId) -> Result<Option<Self>> {
        let row = rows::find(tx, org, app.env().now()).await?;
        let seats = Self::of(app, &row);
        Ok((seats.taken > seats.max).then_some(seats))
    }

    /// Records that there are more people than there may be; whoever invites hears of it.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn tell(
        &self,
        app: &App,
        work: &mut Work,
        origin: &str,
        org: OrgId,
    ) -> Result<()> {
        let object = org.to_string();
        let fact = Fact {
            after: Some(json!({"taken": self.taken, "max": self.max})),
            ..Fact::impersonal(
                app.env(),
                origin,
                "seats.exceeded",
                ("organization", &object),
            )
        };
        work.record(app, &fact).await
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
/// same: that is its word, and it has limits of its own; whoever invites is told ([`Seats::tell`]).
pub(super) async fn check(act: &mut Act<'_>) -> Result<()> {
    let row = rows::find(&mut act.tx, act.org, act.now).await?;
    let seats = Seats::of(act.app(), &row);
    if !seats.is_full() {
        return Ok(());
    }
    let detail = format!(
        "The organization may have {} people, and with those who are invited it has {}. Take an \
         invitation back, remove a member, or move to a plan with room for more: that is under \
         Settings, Plan and billing.",
        seats.max, seats.taken
    );
    let has_room =
        |tier: &&Tier| i64::from(act.app().pack().plan(**tier).members_max) > seats.taken;
    let plans = Tier::ALL.iter().filter(has_room);
    let refusal = Refusal {
        plans: plans.map(|tier| tier.as_str().to_owned()).collect(),
        ..Refusal::of("plan_limit")
    };
    Err(Problem::new(Code::PlanLimitExceeded)
        .detail(detail)
        .refusal(refusal)
        .into())
}
