//! Signing up by a provider.

use super::arrive::fail;
use crate::domain::external_accounts::{blank, find_owner, open};
use crate::domain::verifications;
use crate::error::{Error, Result};
use crate::frontend::sign_ups;
use crate::frontend::visit::Visit;
use crate::model;
use crate::social::{Identity, Proof, Provider};
use crate::store::external_accounts::ExternalAccount;
use crate::store::oauth_flows::{self, Flow};
use crate::store::sign_ups::{self as rows, SignUp};
use crate::store::users;

/// Signs up whom the provider named; where the browser is to go. Somebody who is known here can go
/// on to sign in: the attempt waits for that.
pub async fn arrive(
    visit: &mut Visit,
    mut flow: Flow,
    provider: &Provider,
    proof: &Proof,
) -> Result<String> {
    let found = rows::find(&mut visit.tx, &flow.target_id, &flow.client_id).await?;
    let waits = |sign_up: &SignUp| {
        sign_up.status == "missing_requirements" && sign_up.abandon_at > visit.now
    };
    let Some(mut sign_up) = found.filter(waits) else {
        let text = "This sign up attempt is over. Please start again.";
        return fail(visit, flow, "sign_up_cannot_be_updated", text).await;
    };
    let owner = find_owner(&mut visit.tx, provider, &proof.identity).await?;
    if owner.is_some() {
        "transferable".clone_into(&mut flow.status);
        let text = "This external account already exists.";
        flow.error = Some(("external_account_exists".to_owned(), text.to_owned()));
        oauth_flows::save(&mut visit.tx, &flow, visit.now).await?;
        return Ok(flow.redirect_url);
    }
    let (complete_url, redirect_url) = (flow.complete_url.clone(), flow.redirect_url.clone());
    absorb(visit, &mut sign_up, flow, provider, &proof.identity).await?;
    sign_ups::move_on(visit, &mut sign_up).await?;
    Ok(if sign_up.status == "complete" {
        complete_url
    } else {
        redirect_url
    })
}

/// Takes over into an attempt what the provider says of the person. An address that it vouches for
/// needs no code; one that it does not vouch for does, and is left out where it is another's.
pub async fn absorb(
    visit: &mut Visit,
    sign_up: &mut SignUp,
    mut flow: Flow,
    provider: &Provider,
    identity: &Identity,
) -> Result<()> {
    let idp = visit.idp.clone();
    let is_proven = model::sign_up::is_email_verified(sign_up, visit.now);
    let tx = &mut visit.tx;
    // What an invitation has proven stays: it opens its organization to that address.
    if let Some(address) = &identity.email
        && !is_proven
        && users::find_by_email(tx, address).await?.is_none()
    {
        sign_up.email_address = Some(address.clone());
        sign_up.email_verification = None;
        if identity.is_email_verified {
            let strategy = format!("from_{}", provider.strategy());
            sign_up.email_verification = Some(verifications::record(&idp, tx, &strategy).await?);
        }
    }
    if sign_up.first_name.is_none() && sign_up.last_name.is_none() {
        sign_up.first_name.clone_from(&identity.first_name);
        sign_up.last_name.clone_from(&identity.last_name);
    }
    sign_up.is_external = true;
    rows::set_external(tx, &sign_up.id).await?;
    "sign_up".clone_into(&mut flow.purpose);
    flow.target_id.clone_from(&sign_up.id);
    "verified".clone_into(&mut flow.status);
    flow.error = None;
    oauth_flows::save(tx, &flow, visit.now).await
}

/// The account to give the user of a completed attempt; none where it was no provider's. With the
/// strategy, for the browser to remember.
pub async fn account_of(
    visit: &mut Visit,
    sign_up: &SignUp,
    user_id: &str,
) -> Result<Option<(ExternalAccount, String)>> {
    if !sign_up.is_external {
        return Ok(None);
    }
    let lost = || Error::Internal("an external sign-up without its account".to_owned());
    let flow = oauth_flows::find_by_target(&mut visit.tx, &sign_up.id).await?;
    let mut flow = flow
        .filter(|flow| flow.status == "verified")
        .ok_or_else(lost)?;
    let idp = visit.idp.clone();
    let provider = Provider::find(&idp.settings().social, &flow.strategy()).ok_or_else(lost)?;
    let (identity, tokens) = (flow.identity.take(), flow.tokens.take());
    let identity: Identity = serde_json::from_value(identity.ok_or_else(lost)?)
        .map_err(|error| Error::Internal(format!("a stored identity: {error}")))?;
    let tokens = open(&idp, &flow.id, &tokens.ok_or_else(lost)?)?;
    let mut account = blank(&idp, user_id, &provider, flow.expire_at);
    let proof = Proof { identity, tokens };
    crate::domain::external_accounts::fill(&idp, &mut account, &provider, &proof, flow.expire_at)?;
    oauth_flows::save(&mut visit.tx, &flow, visit.now).await?;
    Ok(Some((account, provider.strategy())))
}
