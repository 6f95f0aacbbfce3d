//! From signing in to signing up and back, with what the provider has said already.

use http::StatusCode;
use jiff::SignedDuration;

use crate::domain::external_accounts::open;
use crate::error::{Error, Refusal, Result};
use crate::frontend::visit::Visit;
use crate::social::{Proof, Provider};
use crate::store::oauth_flows::{self, Flow};

/// How long after the browser left its proof can be taken over.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// What a provider has said in one attempt, for another.
pub struct Transfer {
    /// The way that was gone.
    pub flow: Flow,
    /// Whose word it is.
    pub provider: Provider,
    /// The word.
    pub proof: Proof,
}

/// What can be taken over of an attempt of the visit's browser; 422 where there is nothing.
pub async fn take(visit: &mut Visit, attempt_id: Option<&str>) -> Result<Transfer> {
    let none = || {
        let text = "The External Account was not found.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Refusal::new(status, "external_account_not_found", text)
    };
    let client_id = visit.known_client()?.id.clone();
    let found = oauth_flows::find_by_target(&mut visit.tx, attempt_id.ok_or_else(none)?).await?;
    let oldest = visit.now.saturating_sub(WINDOW).unwrap_or(visit.now);
    let fits = |flow: &Flow| {
        flow.client_id == client_id && flow.status == "transferable" && flow.created_at > oldest
    };
    let flow = found.filter(fits).ok_or_else(none)?;
    let idp = visit.idp.clone();
    let provider = Provider::find(&idp.settings().social, &flow.strategy()).ok_or_else(none)?;
    let (Some(identity), Some(tokens)) = (&flow.identity, &flow.tokens) else {
        return Err(none().into());
    };
    let proof = Proof {
        identity: serde_json::from_value(identity.clone())
            .map_err(|error| Error::Internal(format!("a stored identity: {error}")))?,
        tokens: open(&idp, &flow.id, tokens)?,
    };
    Ok(Transfer {
        flow,
        provider,
        proof,
    })
}
