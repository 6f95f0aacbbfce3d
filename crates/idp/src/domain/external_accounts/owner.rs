//! Who somebody at a provider is here.

use bailiwick_pg::Tx;

use crate::domain::factors;
use crate::domain::sessions::{self, End};
use crate::error::Result;
use crate::instance::Idp;
use crate::model::user::Person;
use crate::social::{Identity, Provider};
use crate::store::{self, emails, external_accounts, sessions as session_rows, totps, users};

/// The user whom a proven identity signs in: who connected it before; else who has proven the
/// address that the provider vouches for; else who merely claims that address and has proven
/// nothing at all (see [`take_over`]). An address that the provider does not vouch for leads to
/// nobody.
pub async fn find_owner(
    tx: &mut Tx,
    provider: &Provider,
    identity: &Identity,
) -> Result<Option<String>> {
    let (issuer, subject) = (&identity.issuer, &identity.subject);
    let known = external_accounts::find_owner(tx, &provider.key, issuer, subject).await?;
    let Some(address) = identity.verified_email() else {
        return Ok(known);
    };
    if known.is_some() {
        return Ok(known);
    }
    match users::find_by_email(tx, address).await? {
        Some((user_id, _)) => Ok(Some(user_id)),
        None => users::find_by_claim(tx, address).await,
    }
}

/// Makes a user whose address nobody had proven the one of who has proven it now. Whoever claimed
/// it before may have done so in waiting for this moment: the password, the second factors, other
/// unproven addresses and all sessions of that user end. Does nothing where the address was
/// proven before.
pub async fn take_over(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    identity: &Identity,
) -> Result<()> {
    let Some(address) = identity.verified_email().map(str::to_lowercase) else {
        return Ok(());
    };
    let claimed = person
        .emails
        .iter()
        .any(|email| email.verified_at.is_none() && email.address.to_lowercase() == address);
    if !claimed
        || person
            .emails
            .iter()
            .any(|email| email.verified_at.is_some())
    {
        return Ok(());
    }
    let now = store::now(idp.env());
    let user_id = person.user.id.clone();
    for session in session_rows::list_live_by_user(tx, &user_id, now).await? {
        sessions::end(idp, tx, &session.id, End::Revoked).await?;
    }
    for email in &person.emails {
        emails::delete(tx, &user_id, &email.id).await?;
    }
    person.emails.clear();
    person.user.primary_email_address_id = None;
    person.user.password_digest = None;
    person.user.password_updated_at = None;
    totps::delete(tx, &user_id).await?;
    factors::changed(idp, tx, person).await
}
