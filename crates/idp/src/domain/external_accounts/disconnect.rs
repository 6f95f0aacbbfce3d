//! An account at a provider is a user's no longer.

use bailiwick_pg::Tx;
use serde_json::Value;

use crate::domain::users as acts;
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;
use crate::store::external_accounts;

/// Disconnects an account of a locked user, and says so; 404 where the user has none of that id.
pub async fn disconnect(idp: &Idp, tx: &mut Tx, person: &mut Person, id: &str) -> Result<Value> {
    if !external_accounts::delete(tx, &person.user.id, id).await? {
        return Err(Refusal::not_found("External account").into());
    }
    let was_verified = person
        .external_accounts
        .iter()
        .any(|account| account.id == id && account.is_verified());
    person.external_accounts.retain(|account| account.id != id);
    if was_verified {
        acts::update(idp, tx, person).await?;
    }
    Ok(model::deleted("external_account", id))
}

/// Whether the user could not sign in any more without this account: no address that a code could
/// be sent to, and no other account.
#[must_use]
pub fn is_last_way_in(person: &Person, id: &str) -> bool {
    let mut others = person
        .external_accounts
        .iter()
        .filter(|account| account.id != id);
    let has_email = person
        .emails
        .iter()
        .any(|email| email.verified_at.is_some());
    let is_way_in = person
        .external_accounts
        .iter()
        .any(|account| account.id == id && account.is_verified());
    is_way_in && !has_email && !others.any(|account| account.is_verified())
}
