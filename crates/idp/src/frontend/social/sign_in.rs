//! Signing in by a provider.

use super::arrive::fail;
use crate::domain::external_accounts::{connect, find_owner, take_over};
use crate::domain::{people, restrictions, verifications};
use crate::error::Result;
use crate::frontend::sign_ins::complete::{self, Proof as FirstFactor};
use crate::frontend::sign_ins::refuse_closed;
use crate::frontend::visit::Visit;
use crate::social::{Proof, Provider};
use crate::store::oauth_flows::{self, Flow};
use crate::store::sign_ins::{self as rows, SignIn};

/// Signs in whom the provider named; where the browser is to go. Somebody who is nobody here can
/// go on to sign up: the attempt waits for that. 403 where only the invited may sign up.
pub async fn arrive(
    visit: &mut Visit,
    flow: Flow,
    provider: &Provider,
    proof: &Proof,
) -> Result<String> {
    let found = rows::find(&mut visit.tx, &flow.target_id, &flow.client_id).await?;
    let waits = |sign_in: &SignIn| {
        matches!(
            sign_in.status.as_str(),
            "needs_identifier" | "needs_first_factor"
        ) && sign_in.abandon_at > visit.now
    };
    let Some(mut sign_in) = found.filter(waits) else {
        let text = "This sign in attempt is over. Please start again.";
        return fail(visit, flow, "sign_in_cannot_be_updated", text).await;
    };
    resume(visit, &mut sign_in, flow, provider, proof).await
}

/// The same for an attempt that is at hand.
pub async fn resume(
    visit: &mut Visit,
    sign_in: &mut SignIn,
    mut flow: Flow,
    provider: &Provider,
    proof: &Proof,
) -> Result<String> {
    let owner = find_owner(&mut visit.tx, provider, &proof.identity).await?;
    let person = match owner {
        Some(user_id) => people::find_locked(&mut visit.tx, &user_id).await?,
        None => None,
    };
    let Some(mut person) = person else {
        restrictions::check_mode(&visit.idp)?;
        "needs_identifier".clone_into(&mut sign_in.status);
        sign_in.user_id = None;
        rows::save(&mut visit.tx, sign_in, visit.now).await?;
        "transferable".clone_into(&mut flow.status);
        let text = "The External Account was not found.";
        flow.error = Some(("external_account_not_found".to_owned(), text.to_owned()));
        oauth_flows::save(&mut visit.tx, &flow, visit.now).await?;
        return Ok(flow.redirect_url);
    };
    refuse_closed(&person, visit.now)?;
    let idp = visit.idp.clone();
    take_over(&idp, &mut visit.tx, &mut person, &proof.identity).await?;
    let (tx, until) = (&mut visit.tx, flow.expire_at);
    connect(&idp, tx, &mut person, provider, proof, None, until).await?;
    let strategy = provider.strategy();
    let verification = verifications::record_provider(&idp, tx, &strategy, until).await?;
    sign_in.user_id = Some(person.user.id.clone());
    sign_in.identifier.clone_from(&proof.identity.email);
    sign_in.first_factor_verification = Some(verification);
    verified(visit, &mut flow).await?;
    complete::first_factor(visit, sign_in, &mut person, FirstFactor::default()).await?;
    Ok(if sign_in.status == "complete" {
        flow.complete_url
    } else {
        flow.redirect_url
    })
}

/// The way was gone to its end: what came back has moved to the account.
pub async fn verified(visit: &mut Visit, flow: &mut Flow) -> Result<()> {
    "verified".clone_into(&mut flow.status);
    flow.error = None;
    flow.identity = None;
    flow.tokens = None;
    oauth_flows::save(&mut visit.tx, flow, visit.now).await
}
