//! The way from a proven first factor to a session: the same for every way to prove it.

use serde_json::Value;

use crate::domain::sessions::{self, Start};
use crate::domain::{factors, restrictions, verifications};
use crate::error::{Error, Result};
use crate::frontend::visit::Visit;
use crate::model::user::Person;
use crate::store::sign_ins::{self as rows, SignIn};
use crate::store::verifications::Verification;

/// What the session is like that follows a proven first factor.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    organization_id: Option<String>,
    actor: Option<Value>,
    lifetime_seconds: Option<i64>,
    is_enough: bool,
}

impl Proof {
    /// The session starts in this organization.
    #[must_use]
    pub fn in_organization(mut self, id: Option<&str>) -> Self {
        self.organization_id = id.map(str::to_owned);
        self
    }

    /// Somebody else acts as the user, for so many seconds at most. No second factor is asked
    /// for: it would be the user's.
    #[must_use]
    pub fn by_actor(mut self, actor: Value, lifetime_seconds: i64) -> Self {
        self.actor = Some(actor);
        self.lifetime_seconds = Some(lifetime_seconds);
        self.is_enough = true;
        self
    }

    /// No second factor is asked for: a server vouches for the person.
    #[must_use]
    pub fn without_second_factor(mut self) -> Self {
        self.is_enough = true;
        self
    }
}

/// Goes on with an attempt whose password was right. The attempt's user is locked.
pub async fn by_password(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: &mut Person,
) -> Result<()> {
    let idp = visit.idp.clone();
    let verification = verifications::record(&idp, &mut visit.tx, "password").await?;
    sign_in.first_factor_verification = Some(verification);
    first_factor(visit, sign_in, person, Proof::default()).await
}

/// Goes on with an attempt whose first factor was proven just now, as its
/// `first_factor_verification` says: to the second factor, where the person has one, else to the
/// session. The attempt's user is locked.
pub async fn first_factor(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: &mut Person,
    proof: Proof,
) -> Result<()> {
    sign_in.first_factor_at = Some(visit.now);
    sign_in.organization_id.clone_from(&proof.organization_id);
    if !proof.is_enough && factors::are_demanded(&visit.idp.settings(), person) {
        "needs_second_factor".clone_into(&mut sign_in.status);
        return rows::save(&mut visit.tx, sign_in, visit.now).await;
    }
    finish(visit, sign_in, person, proof).await
}

/// Completes an attempt whose second factor was proven just now. The attempt's user is locked.
pub async fn second_factor(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: &mut Person,
    verification: Verification,
) -> Result<()> {
    sign_in.second_factor_verification = Some(verification);
    let proof = Proof::default().in_organization(sign_in.organization_id.as_deref());
    finish(visit, sign_in, person, proof).await
}

async fn finish(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    person: &mut Person,
    proof: Proof,
) -> Result<()> {
    let (idp, browser) = (visit.idp.clone(), visit.meta.browser.clone());
    if proof.actor.is_none() {
        restrictions::check_sign_in(&idp, &mut visit.tx, &person.identifiers()).await?;
    }
    let client_id = visit.known_client()?.id.clone();
    let strategy = sign_in
        .first_factor_verification
        .as_ref()
        .map(|verification| verification.strategy.clone())
        .ok_or_else(|| Error::Internal("a sign-in without a first factor".to_owned()))?;
    let start = Start {
        organization_id: proof.organization_id.as_deref(),
        actor: proof.actor,
        lifetime_seconds: proof.lifetime_seconds,
        first_factor_at: sign_in.first_factor_at,
        second_factor_at: sign_in
            .second_factor_verification
            .as_ref()
            .and_then(|verification| verification.verified_at),
        ..Start::new(&client_id, &browser)
    };
    let session = sessions::start(&idp, &mut visit.tx, start, person).await?;
    "complete".clone_into(&mut sign_in.status);
    sign_in.created_session_id = Some(session.id.clone());
    rows::save(&mut visit.tx, sign_in, visit.now).await?;
    visit.take_session(&session, &strategy).await
}
