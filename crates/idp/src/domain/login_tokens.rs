//! Tokens that sign a user in: made by a server, used once by a browser.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::Value;

use super::people;
use crate::error::{Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::secrets;
use crate::store::login_tokens::{self as rows, LoginToken};
use crate::store::{self, memberships};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The user signs in.
    SignIn,
    /// Somebody else acts as the user.
    Actor,
    /// An agent acts as the user.
    AgentTask,
}

impl Purpose {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Actor => "actor",
            Self::AgentTask => "agent_task",
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::SignIn => Kind::SignInToken,
            Self::Actor => Kind::ActorToken,
            Self::AgentTask => Kind::AgentTask,
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in token",
            Self::Actor => "Actor token",
            Self::AgentTask => "Agent task",
        }
    }
}

/// What a new token says.
#[derive(Debug)]
pub struct NewToken {
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it signs in.
    pub user_id: String,
    /// The organization that is active afterwards.
    pub organization_id: Option<String>,
    /// Who acts, where that is not the user.
    pub actor: Option<Value>,
    /// How long the session lives at most, in seconds.
    pub session_seconds: Option<i64>,
    /// Where the browser goes afterwards.
    pub redirect_url: Option<String>,
    /// How long the token can be used, in seconds.
    pub lifetime: i64,
}

/// The address at which a browser uses a ticket.
#[must_use]
pub fn url(idp: &Idp, ticket: &str) -> String {
    format!(
        "{}/v1/tickets/accept?ticket={ticket}",
        idp.config().frontend_url()
    )
}

/// Makes a token. The token itself is the second value: it is not stored. 404 where there is no
/// such user, or the user is no member of the organization; 422 where the actor is the user.
pub async fn create(idp: &Idp, tx: &mut Tx, new: NewToken) -> Result<(LoginToken, String)> {
    people::find(tx, &new.user_id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?;
    if let Some(id) = &new.organization_id {
        let membership = memberships::find(tx, id, &new.user_id).await?;
        membership.ok_or_else(|| Refusal::not_found("Organization"))?;
    }
    if let Some(actor) = &new.actor {
        check_actor(actor, &new.user_id)?;
    }
    let now = store::now(idp.env());
    let ticket = secrets::opaque(idp.env());
    let token = LoginToken {
        id: ids::new(idp.env(), new.purpose.kind()),
        kind: new.purpose.as_str().to_owned(),
        user_id: new.user_id,
        organization_id: new.organization_id,
        actor: new.actor,
        session_seconds: new.session_seconds,
        redirect_url: new.redirect_url,
        token_digest: secrets::digest(&ticket),
        status: "pending".to_owned(),
        expires_at: now
            .saturating_add(SignedDuration::from_secs(new.lifetime))
            .unwrap_or(now),
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, &token).await?;
    Ok((token, ticket))
}

/// An actor is somebody else, in person: whoever acts for an actor could not be named.
fn check_actor(actor: &Value, user_id: &str) -> Result<(), Refusal> {
    let refuse = |text: &str| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Err(Refusal::new(status, "form_param_value_invalid", text).param("actor"))
    };
    if actor["sub"] == user_id {
        return refuse("A user cannot impersonate themselves.");
    }
    if !actor["act"].is_null() || !actor["actor"].is_null() {
        return refuse("An actor cannot have an actor of its own.");
    }
    Ok(())
}

/// Takes a token back. 404 where there is none, 400 where it was used or taken back already.
pub async fn revoke(idp: &Idp, tx: &mut Tx, purpose: Purpose, id: &str) -> Result<LoginToken> {
    let mut token = rows::find_locked(tx, purpose.as_str(), id)
        .await?
        .ok_or_else(|| Refusal::not_found(purpose.what()))?;
    if token.status != "pending" {
        let text = format!("A token that was {} cannot be revoked.", token.status);
        let code = format!("{}_token_cannot_be_revoked", purpose.as_str());
        return Err(Refusal::new(StatusCode::BAD_REQUEST, &code, text).into());
    }
    rows::set_status(tx, &mut token, "revoked", store::now(idp.env())).await?;
    Ok(token)
}

/// Uses a token up, and returns it with its user, locked. `None` where the ticket is of no login
/// token; refused where it was used, taken back, or is too old.
pub async fn redeem(idp: &Idp, tx: &mut Tx, ticket: &str) -> Result<Option<(LoginToken, Person)>> {
    let now = store::now(idp.env());
    let digest = secrets::digest(ticket);
    let Some(mut token) = rows::find_by_digest_locked(tx, &digest).await? else {
        return Ok(None);
    };
    let refuse =
        |code: &str, text: &str| Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    match token.status.as_str() {
        "pending" if token.expires_at <= now => {
            return refuse("ticket_expired_code", "This ticket has expired.");
        }
        "pending" => {}
        "accepted" => {
            let text =
                "This sign in token has already been used. Each token can only be used once.";
            return refuse("sign_in_token_already_used_code", text);
        }
        _ => {
            return refuse(
                "sign_in_token_revoked_code",
                "This sign in token has been revoked.",
            );
        }
    }
    let person = people::get_locked(tx, &token.user_id).await?;
    rows::set_status(tx, &mut token, "accepted", now).await?;
    Ok(Some((token, person)))
}
