//! Connecting an account of a provider to the signed-in user.

use super::arrive::fail;
use super::sign_in::verified;
use crate::domain::{external_accounts, people};
use crate::error::Result;
use crate::frontend::visit::Visit;
use crate::social::{Proof, Provider};
use crate::store::external_accounts as rows;
use crate::store::oauth_flows::Flow;
use crate::store::sessions;

/// Connects what the provider named to the user who asked for it; where the browser is to go. The
/// user must still be signed in here, and the account must be nobody else's.
pub async fn arrive(
    visit: &mut Visit,
    mut flow: Flow,
    provider: &Provider,
    proof: &Proof,
) -> Result<String> {
    let user_id = flow.user_id.clone().unwrap_or_default();
    let live = sessions::list_live_by_client(&mut visit.tx, &flow.client_id, visit.now).await?;
    let person = people::find_locked(&mut visit.tx, &user_id).await?;
    let is_here = live.iter().any(|session| session.user_id == user_id);
    let Some(mut person) = person.filter(|person| is_here && !person.user.banned) else {
        return fail(visit, flow, "signed_out", "You are signed out.").await;
    };
    let waits = |account: &rows::ExternalAccount| account.id == flow.target_id;
    let Some(account) = person
        .external_accounts
        .iter()
        .find(|account| waits(account))
    else {
        let text = "This account was disconnected in the meantime.";
        return fail(visit, flow, "external_account_not_found", text).await;
    };
    let identity = &proof.identity;
    let is_other = account.is_verified()
        && (&account.issuer, &account.subject) != (&identity.issuer, &identity.subject);
    if is_other {
        let text = "This is another account than the one that is connected.";
        return fail(visit, flow, "oauth_account_mismatch", text).await;
    }
    let (issuer, subject) = (&identity.issuer, &identity.subject);
    let owner = rows::find_owner(&mut visit.tx, &provider.key, issuer, subject).await?;
    if owner.is_some_and(|owner| owner != user_id) {
        let text = "This account is already connected to another user.";
        return fail(visit, flow, "oauth_identification_claimed", text).await;
    }
    let idp = visit.idp.clone();
    let (tx, target) = (&mut visit.tx, flow.target_id.clone());
    let until = flow.expire_at;
    external_accounts::connect(&idp, tx, &mut person, provider, proof, Some(&target), until)
        .await?;
    verified(visit, &mut flow).await?;
    Ok(flow.complete_url)
}

/// Notes on the account why it was not connected.
pub async fn note_failure(visit: &mut Visit, flow: &Flow, code: &str, text: &str) -> Result<()> {
    let user_id = flow.user_id.clone().unwrap_or_default();
    let Some(mut person) = people::find_locked(&mut visit.tx, &user_id).await? else {
        return Ok(());
    };
    let idp = visit.idp.clone();
    let error = (code.to_owned(), text.to_owned());
    external_accounts::fail(&idp, &mut visit.tx, &mut person, &flow.target_id, error).await
}
