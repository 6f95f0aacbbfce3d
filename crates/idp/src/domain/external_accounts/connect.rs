//! An account at a provider becomes a user's.

use bailiwick_pg::Tx;
use jiff::Timestamp;

use super::tokens;
use crate::domain::{users as acts, verifications};
use crate::error::Result;
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::social::{Identity, Proof, Provider};
use crate::store::emails::EmailAddress;
use crate::store::external_accounts::ExternalAccount;
use crate::store::{self, emails, external_accounts, users};

/// Connects a proven identity to a locked user, or renews what is known of one that is connected,
/// and adds the address that the provider vouches for where it is nobody's. Says so where
/// something that can be seen has changed. `pending` is the account that waited for this proof;
/// `until` is how long the proof was waited for.
pub async fn connect(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    provider: &Provider,
    proof: &Proof,
    pending: Option<&str>,
    until: Timestamp,
) -> Result<()> {
    let now = store::now(idp.env());
    let own = |account: &ExternalAccount| {
        account.is_verified()
            && account.provider == provider.key
            && account.issuer == proof.identity.issuer
            && account.subject == proof.identity.subject
    };
    let known = person.external_accounts.iter().position(own);
    if let (Some(_), Some(id)) = (known, pending) {
        drop_pending(tx, person, id).await?;
    }
    let waiting = |account: &ExternalAccount| Some(account.id.as_str()) == pending;
    let place = person
        .external_accounts
        .iter()
        .position(own)
        .or_else(|| person.external_accounts.iter().position(waiting));
    let mut is_changed = true;
    match place.and_then(|place| person.external_accounts.get_mut(place)) {
        Some(account) => {
            let before = account.clone();
            fill(idp, account, provider, proof, until)?;
            is_changed = shows_change(&before, account);
            external_accounts::save(tx, account, now).await?;
        }
        None => {
            let mut account = blank(idp, &person.user.id, provider, until);
            fill(idp, &mut account, provider, proof, until)?;
            external_accounts::insert(tx, &account).await?;
            person.external_accounts.push(account);
        }
    }
    let is_added = add_email(idp, tx, person, provider, &proof.identity).await?;
    is_changed |= add_names(person, &proof.identity);
    if is_changed || is_added {
        acts::update(idp, tx, person).await?;
    }
    Ok(())
}

/// An account that nothing is known of yet.
pub fn blank(idp: &Idp, user_id: &str, provider: &Provider, until: Timestamp) -> ExternalAccount {
    let now = store::now(idp.env());
    ExternalAccount {
        id: ids::new(idp.env(), Kind::ExternalAccount),
        identification_id: ids::new(idp.env(), Kind::Identification),
        user_id: user_id.to_owned(),
        provider: provider.key.clone(),
        issuer: String::new(),
        subject: String::new(),
        approved_scopes: String::new(),
        email_address: None,
        is_email_verified: false,
        first_name: None,
        last_name: None,
        username: None,
        image_url: None,
        tokens: None,
        status: "unverified".to_owned(),
        error_code: None,
        error_text: None,
        expire_at: until,
        created_at: now,
        updated_at: now,
    }
}

/// Takes over into an account what was proven; its tokens are sealed. A refresh token that the
/// provider gave before is kept where it gives none now.
pub fn fill(
    idp: &Idp,
    account: &mut ExternalAccount,
    provider: &Provider,
    proof: &Proof,
    until: Timestamp,
) -> Result<()> {
    let identity = &proof.identity;
    let mut fresh = proof.tokens.clone();
    if fresh.refresh.is_none()
        && let Some(sealed) = &account.tokens
    {
        // Google gives a refresh token the first time only.
        fresh.refresh = tokens::open(idp, &account.id, sealed)?.refresh;
    }
    account.tokens = Some(tokens::seal(idp, &account.id, &fresh)?);
    account.approved_scopes = scopes(provider, proof.tokens.scopes.as_deref());
    account.issuer.clone_from(&identity.issuer);
    account.subject.clone_from(&identity.subject);
    account.email_address.clone_from(&identity.email);
    account.is_email_verified = identity.is_email_verified;
    account.first_name.clone_from(&identity.first_name);
    account.last_name.clone_from(&identity.last_name);
    account.username.clone_from(&identity.username);
    account.image_url.clone_from(&identity.image_url);
    "verified".clone_into(&mut account.status);
    account.error_code = None;
    account.error_text = None;
    account.expire_at = until;
    Ok(())
}

/// What was granted, separated by spaces: what the provider says, else what was asked for.
#[must_use]
pub fn scopes(provider: &Provider, said: Option<&str>) -> String {
    match said.filter(|said| !said.trim().is_empty()) {
        Some(said) => said.split([' ', ',']).collect::<Vec<_>>().join(" "),
        None => provider.scopes().join(" "),
    }
}

/// Whether the resource looks different, its times aside.
fn shows_change(before: &ExternalAccount, after: &ExternalAccount) -> bool {
    let shown = |account: &ExternalAccount| {
        let mut account = account.clone();
        account.tokens = None;
        account.expire_at = Timestamp::UNIX_EPOCH;
        account.updated_at = Timestamp::UNIX_EPOCH;
        format!("{account:?}")
    };
    shown(before) != shown(after)
}

/// Adds the address that the provider vouches for, or proves the user's claim to it; whether it
/// did. An address that another user has proven stays that user's.
async fn add_email(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    provider: &Provider,
    identity: &Identity,
) -> Result<bool> {
    let Some(address) = identity.verified_email() else {
        return Ok(false);
    };
    if users::find_by_email(tx, address).await?.is_some() {
        return Ok(false);
    }
    let now = store::now(idp.env());
    let strategy = format!("from_{}", provider.strategy());
    let folded = address.to_lowercase();
    let claims = |email: &EmailAddress| email.address.to_lowercase() == folded;
    if let Some(place) = person.emails.iter().position(claims) {
        let claimed = person.emails.remove(place);
        emails::delete(tx, &person.user.id, &claimed.id).await?;
        if person.user.primary_email_address_id.as_ref() == Some(&claimed.id) {
            person.user.primary_email_address_id = None;
        }
    }
    let email = EmailAddress {
        id: ids::new(idp.env(), Kind::Identification),
        user_id: person.user.id.clone(),
        address: address.to_owned(),
        verification: Some(verifications::record(idp, tx, &strategy).await?),
        verified_at: Some(now),
        created_at: now,
        updated_at: now,
    };
    emails::insert(tx, &email).await?;
    let primary = &mut person.user.primary_email_address_id;
    primary.get_or_insert_with(|| email.id.clone());
    person.emails.push(email);
    Ok(true)
}

/// Fills in names that the user lacks; whether it did.
fn add_names(person: &mut Person, identity: &Identity) -> bool {
    let user = &mut person.user;
    if user.first_name.is_some() || user.last_name.is_some() {
        return false;
    }
    user.first_name.clone_from(&identity.first_name);
    user.last_name.clone_from(&identity.last_name);
    user.first_name.is_some() || user.last_name.is_some()
}

async fn drop_pending(tx: &mut Tx, person: &mut Person, id: &str) -> Result<()> {
    let account = person
        .external_accounts
        .iter()
        .find(|account| account.id == id);
    if account.is_some_and(|account| !account.is_verified()) {
        external_accounts::delete(tx, &person.user.id, id).await?;
        person.external_accounts.retain(|account| account.id != id);
    }
    Ok(())
}

/// Notes on an account of a locked user why it could not be connected. One that was connected
/// before stays so.
pub async fn fail(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    id: &str,
    error: (String, String),
) -> Result<()> {
    let account = person
        .external_accounts
        .iter_mut()
        .find(|account| account.id == id);
    if let Some(account) = account {
        if !account.is_verified() {
            "failed".clone_into(&mut account.status);
        }
        (account.error_code, account.error_text) = (Some(error.0), Some(error.1));
        external_accounts::save(tx, account, store::now(idp.env())).await?;
    }
    Ok(())
}
