//! What becomes of an attempt once the provider has answered.

use super::{link, sign_in, sign_up};
use crate::domain::external_accounts::seal;
use crate::error::{Error, Refusal, Result};
use crate::frontend::visit::Visit;
use crate::social::{Failure, Identity, Proof, Provider};
use crate::store::oauth_flows::{self, Flow};

/// Moves the attempt on; where the browser is to go.
pub async fn arrive(
    visit: &mut Visit,
    flow_id: &str,
    outcome: Result<Proof, Failure>,
) -> Result<String> {
    let flow = oauth_flows::find_locked(&mut visit.tx, flow_id).await?;
    let mut flow = flow.ok_or_else(|| Refusal::not_found("Verification"))?;
    let provider = Provider::find(&visit.idp.settings().social, &flow.strategy());
    let name = provider
        .as_ref()
        .map_or(flow.provider.as_str(), Provider::name);
    let (provider, proof) = match (provider.clone(), outcome) {
        (Some(provider), Ok(proof)) => (provider, proof),
        (_, Err(failure)) => {
            let text = failure.text(name);
            return fail(visit, flow, failure.code(), &text).await;
        }
        (None, Ok(_)) => {
            return fail(
                visit,
                flow,
                "oauth_config_missing",
                "It is not offered any more.",
            )
            .await;
        }
    };
    if is_blocked(&provider, &proof.identity) {
        let text = "E-mail addresses with a + in front of the @ are not accepted here.";
        return fail(visit, flow, "form_email_address_blocked", text).await;
    }
    flow.identity = Some(serde_json::to_value(&proof.identity).map_err(unreadable)?);
    flow.tokens = Some(seal(&visit.idp, &flow.id, &proof.tokens)?);
    match flow.purpose.as_str() {
        "sign_in" => sign_in::arrive(visit, flow, &provider, &proof).await,
        "sign_up" => sign_up::arrive(visit, flow, &provider, &proof).await,
        _ => link::arrive(visit, flow, &provider, &proof).await,
    }
}

fn is_blocked(provider: &Provider, identity: &Identity) -> bool {
    let local = identity
        .email
        .as_deref()
        .and_then(|email| email.split('@').next());
    provider.settings.block_email_subaddresses && local.is_some_and(|local| local.contains('+'))
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("an identity: {error}"))
}

/// Notes that we refused whom the provider named; where the browser is to go to read that.
pub async fn refuse(visit: &mut Visit, flow: Flow, refusal: &Refusal) -> Result<String> {
    let item = refusal.errors.first();
    let (code, text) = item.map_or(("not_allowed_access", ""), |item| {
        (item.code.as_str(), item.message.as_str())
    });
    fail(visit, flow, code, text).await
}

/// Notes why nothing came of it; where the browser is to go to read that.
pub async fn fail(visit: &mut Visit, mut flow: Flow, code: &str, text: &str) -> Result<String> {
    "failed".clone_into(&mut flow.status);
    flow.error = Some((code.to_owned(), text.to_owned()));
    // Nobody needs them any more.
    flow.identity = None;
    flow.tokens = None;
    oauth_flows::save(&mut visit.tx, &flow, visit.now).await?;
    if flow.purpose == "link" {
        link::note_failure(visit, &flow, code, text).await?;
    }
    Ok(flow.redirect_url)
}
