//! An impersonation is started: here first, then at the provider.

use bailiwick_clerk::api::{ActorOf, ActorToken, ActorTokenCreate, ApiError};
use bailiwick_kernel::id::{ImpersonationId, UserId};
use bailiwick_kernel::policy::{Actor, RoleId};
use bailiwick_kernel::{Code, PlatformPermission, PlatformRole, Problem};
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::impersonations::{self, Impersonation};
use bailiwick_store::users;
use jiff::SignedDuration;
use serde_json::json;

use super::{LONGEST, Shown, USUAL, denied, may};
use crate::intents::refusal;
use crate::{App, Caller, Error, Result};

/// For so long the ticket opens the session: it is opened by whoever has just asked for it.
const TICKET: SignedDuration = SignedDuration::from_mins(5);

/// Whom to act for, and why.
#[derive(Debug, Clone)]
pub struct NewImpersonation {
    /// Whom.
    pub user: UserId,
    /// Why: what the organization reads in its audit.
    pub reason: String,
    /// For how long; [`USUAL`] where nothing is said, [`LONGEST`] at most.
    pub lasts: Option<SignedDuration>,
}

/// An impersonation that can begin.
#[derive(Debug)]
pub struct Started {
    /// It.
    pub shown: Shown,
    /// Where a browser becomes the user, once, within minutes. Whoever has it does: a secret.
    pub url: String,
}

/// Starts to act for somebody. It is recorded before the provider is asked for a ticket; a ticket
/// whose answer is lost opens nothing, since nobody has it and none counts that is not noted here.
///
/// # Errors
/// `PERMISSION_DENIED` for who may not act for others, or is acting already; `VALIDATION_FAILED`
/// for oneself and a time beyond [`LONGEST`]; `NOT_FOUND`; `PERMISSION_ROLE_INSUFFICIENT` for
/// somebody who is on the installation what the caller is, or more, or has a role in any
/// organization that the caller could not give; `CONFLICT` for who acts for somebody already;
/// `UNAVAILABLE` where the provider does not answer.
pub async fn start(caller: &Caller, new: &NewImpersonation) -> Result<Started> {
    caller.in_person()?;
    if !may(caller) {
        return Err(denied().into());
    }
    let app = &caller.app;
    let lasts = new.lasts.unwrap_or(USUAL);
    if lasts <= SignedDuration::ZERO || lasts > LONGEST {
        return Err(Problem::invalid("minutes", "must be between 1 and 120").into());
    }
    if new.user == caller.user() {
        return Err(Problem::invalid("userId", "is you").into());
    }
    let mut tx = app.store().control().await?;
    let clerk_user_id = check(caller, &mut tx, new.user).await?;
    let now = app.env().now();
    let id = ImpersonationId::from(app.env().uuid());
    let row = impersonations::NewImpersonation {
        id,
        user: new.user,
        impersonator: caller.user(),
        reason: &new.reason,
        expires_at: now + lasts,
    };
    if !impersonations::insert(&mut tx, &row, now).await? {
        let detail = "You act for somebody already; end that first";
        return Err(Problem::conflict().detail(detail).into());
    }
    let object = id.to_string();
    let fact = Fact {
        after: Some(json!({
            "userId": new.user,
            "reason": new.reason,
            "expiresAt": row.expires_at.to_string(),
        })),
        ..caller.fact(now, "impersonations.start", ("impersonation", &object))
    };
    app.store().record(&mut tx, &fact).await?;
    tx.commit().await?;

    let asked = ActorTokenCreate {
        user_id: clerk_user_id,
        actor: ActorOf {
            sub: caller.claims.user_id.clone(),
            impersonation: object,
        },
        expires_in_seconds: seconds(TICKET.min(lasts)),
        session_max_duration_in_seconds: seconds(lasts),
    };
    match app.clerk().create_actor_token(&asked).await {
        Ok(token) => ready(app, id, token).await,
        Err(error) => Err(fail(caller, id, &error).await?),
    }
}

/// Refuses whom the caller may not act for, by what both are at this moment. Answers the provider's
/// id of the user.
async fn check(caller: &Caller, tx: &mut Tx, user: UserId) -> Result<String> {
    let app = &caller.app;
    let mine = users::find_acting(tx, caller.user()).await?;
    let mine = mine.and_then(|me| PlatformRole::from_key(&me.platform_role));
    let mine = mine.filter(|role| role.may(PlatformPermission::Impersonate));
    let mine = mine.ok_or_else(denied)?;
    let theirs = users::find_acting(tx, user).await?;
    let theirs = theirs.ok_or_else(Problem::not_found)?;
    if PlatformRole::from_key(&theirs.platform_role).is_none_or(|role| role >= mine) {
        let detail = "You act for people below you alone";
        return Err(Problem::new(Code::PermissionRoleInsufficient)
            .detail(detail)
            .into());
    }
    for key in impersonations::list_roles(tx, user).await? {
        let role = app.pack().role(&key).ok_or_else(|| {
            Error::Inconsistent(format!("user {user} has the unknown role {key}"))
        })?;
        app.reaches_to(mine, role)?;
    }
    let detail = "They have never signed in, so that nobody can act for them";
    let clerk_user_id = theirs.clerk_user_id;
    Ok(clerk_user_id.ok_or_else(|| Problem::conflict().detail(detail))?)
}

impl App {
    /// Refuses a role in an organization that somebody of the operators could not give, and so does
    /// not act for.
    pub(super) fn reaches_to(&self, operator: PlatformRole, role: RoleId) -> Result<(), Problem> {
        let operator = Actor::outsider().platform(operator);
        if self.pack().may_assign(&operator, role) {
            Ok(())
        } else {
            Err(self.pack().beyond(role))
        }
    }
}

/// The provider has made the ticket: from here on it opens something.
async fn ready(app: &App, id: ImpersonationId, token: ActorToken) -> Result<Started> {
    let url = token.url().map(str::to_owned);
    let url = url.ok_or_else(|| {
        Error::Inconsistent("an actor token was answered without its address".to_owned())
    })?;
    let mut tx = app.store().control().await?;
    let row = impersonations::lock(&mut tx, id).await?;
    let is_noted = impersonations::set_token(&mut tx, id, &token.id).await?;
    tx.commit().await?;
    match row {
        Some(row) if is_noted => {
            let row = Impersonation {
                clerk_actor_token_id: Some(token.id),
                ..row
            };
            let shown = Shown::now(app, row);
            Ok(Started { shown, url })
        }
        Some(_) | None => {
            // Ended meanwhile. The ticket counts for nothing here; that the provider forgets it too
            // is for its own sake.
            if let Err(error) = app.clerk().revoke_actor_token(&token.id).await {
                tracing::warn!(%error, "a ticket that counts for nothing was not taken back");
            }
            Err(Problem::conflict()
                .detail("It was ended while it was started")
                .into())
        }
    }
}

/// The provider made no ticket: there is nothing to be ended. What the caller is told.
async fn fail(caller: &Caller, id: ImpersonationId, error: &ApiError) -> Result<Error> {
    let app = &caller.app;
    let (now, object, reason) = (app.env().now(), id.to_string(), refusal(error));
    let mut tx = app.store().control().await?;
    if impersonations::end(&mut tx, id, None, Some(&reason), now).await? {
        let fact = Fact {
            after: Some(json!({"error": reason})),
            ..caller.fact(now, "impersonations.fail", ("impersonation", &object))
        };
        app.store().record(&mut tx, &fact).await?;
    }
    tx.commit().await?;
    tracing::warn!(%error, "the provider made no ticket for an impersonation");
    Ok(if error.is_refusal() {
        let detail = "The identity provider refused it";
        Problem::conflict().detail(detail).into()
    } else {
        Problem::unavailable(2).into()
    })
}

fn seconds(duration: SignedDuration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}
