//! Invitations into an organization. The provider sends the mail and leads whoever has no account
//! through the sign-up; the role that they get is kept here, since it may be finer than the
//! provider can say.

mod bulk;
mod create;
mod list;
mod resend;
mod revoke;
mod seats;

use bailiwick_kernel::id::{IntentId, InvitationId, OrgId};
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::intents::{self, NewIntent, Open};
use bailiwick_store::invitations::Invitation;
use bailiwick_store::memberships;
use jiff::{SignedDuration, Timestamp};

pub use bulk::{Outcome, create_bulk};
pub use create::create;
pub use list::{InvitationAndChange, get, list};
pub use resend::resend;
pub use revoke::revoke;
pub use seats::{Seats, seats};

use crate::intents::{Progress, Send, Step as _, add, send_now, subject};
use crate::members::act::Act;
use crate::{Caller, Result};

/// The most invitations of one request.
pub const BULK_MAX: usize = 50;
/// The time that the limit of an organization is over.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Whom to invite, as what.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Whom; a checked address.
    pub email: String,
    /// The key of the role that they get.
    pub role: String,
}

/// Refuses more invitations than an organization may send within an hour.
async fn check_rate(act: &mut Act<'_>, wanted: usize) -> Result<()> {
    let most = act.app().settings().invitations_per_hour;
    let since = act.now - HOUR;
    let (sent, first) = intents::count_since(&mut act.tx, act.org, Send::KIND, since).await?;
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    if sent.saturating_add(wanted) <= most {
        return Ok(());
    }
    let again = first.map_or(HOUR, |first| first.duration_since(since));
    let seconds = u32::try_from(again.as_secs().max(1)).unwrap_or(u32::MAX);
    let detail = "The organization has sent as many invitations as it may within an hour.";
    Err(Problem::new(Code::RateLimited)
        .detail(detail)
        .retry_after_s(seconds)
        .into())
}

/// The answer to a request that was made before.
async fn again(caller: &Caller, org: OrgId, id: InvitationId) -> Result<InvitationAndChange> {
    let found = list::find(&caller.app, org, id).await?;
    let is_refused = |open: &&Open| open.kind == Send::KIND && open.standing.state == "failed";
    match found.change.as_ref().filter(is_refused) {
        Some(open) => Err(refusal(open.standing.error.as_deref()).into()),
        None => Ok(found),
    }
}

/// Adds the intent that sends an invitation, and its job at `at`.
async fn enqueue(
    act: &mut Act<'_>,
    row: (InvitationId, i32),
    replaces: Option<String>,
    at: Timestamp,
) -> Result<IntentId> {
    let (app, me) = (act.app(), act.me());
    let (invitation, sending) = row;
    let send = Send {
        org: act.org,
        clerk_org_id: act.clerk_org_id.clone(),
        invitation,
        sending,
        replaces,
        inviter: inviter(act).await?,
        gives: true,
    };
    let id = IntentId::from(app.env().uuid());
    let subject = subject::invitation(invitation);
    let new = NewIntent {
        id,
        subject: &subject,
        kind: Send::KIND,
        payload: send.payload(),
        org: Some(act.org),
        requested_by: me,
        holds: None,
    };
    add(app, &mut act.tx, &new, at).await?;
    Ok(id)
}

/// The caller as the provider's inviter: it takes those alone who may invite there too, which is
/// sure of who has there what owners have.
async fn inviter(act: &mut Act<'_>) -> Result<Option<String>> {
    let (app, me, org) = (act.app(), act.me(), act.org);
    let row = memberships::lock(&mut act.tx, me, org).await?;
    let roles = &app.inner().provider_roles;
    let highest = roles.outbound(app.pack().top_role());
    let may = row.is_some_and(|row| row.status == "active" && row.provider_role == highest);
    Ok(may.then(|| act.caller.claims.user_id.clone()))
}

/// Sends what was decided, and says how that went.
async fn finish(
    caller: &Caller,
    org: OrgId,
    id: InvitationId,
    intent: IntentId,
) -> Result<InvitationAndChange> {
    let sent = send_now(&caller.app, &subject::invitation(id), intent).await?;
    if let (Progress::Failed, error) = sent {
        return Err(refusal(error.as_deref()).into());
    }
    list::find(&caller.app, org, id).await
}

/// The provider's refusal in our words.
fn refusal(code: Option<&str>) -> Problem {
    match code {
        Some("duplicate_record") => {
            Problem::new(Code::ConflictAlreadyExists).detail("The address is invited already.")
        }
        Some("already_a_member_in_organization") => {
            Problem::new(Code::ConflictAlreadyExists).detail("They are a member already.")
        }
        Some("organization_membership_quota_exceeded") => Problem::new(Code::PlanLimitExceeded),
        Some("form_param_format_invalid" | "form_param_value_invalid") => {
            Problem::invalid("email", "is not accepted by the identity provider")
        }
        _ => Problem::conflict().detail("The identity provider refused it."),
    }
}

/// What the audit says of an invitation: no address.
fn fact(row: &Invitation) -> serde_json::Value {
    serde_json::json!({"role": row.role, "status": row.status})
}
