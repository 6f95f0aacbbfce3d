//! The end of an attempt: a user, an address, a session, all at once.

use super::ticket;
use crate::domain::restrictions;
use crate::domain::sessions::{self, Start};
use crate::domain::tickets::{self, Redeemed};
use crate::domain::users as acts;
use crate::error::{Error, Result};
use crate::frontend::social;
use crate::frontend::visit::Visit;
use crate::ids;
use crate::model::user::Person;
use crate::store::emails::EmailAddress;
use crate::store::phones::PhoneNumber;
use crate::store::sign_up_ids;
use crate::store::sign_ups::{self, SignUp};
use crate::store::users::User;
use crate::store::verifications::Verification;

/// Makes the user of an attempt from which nothing is missing, and signs it in. Two attempts may
/// get here with the same address; the later one is refused by the unique index.
pub async fn complete(visit: &mut Visit, sign_up: &mut SignUp) -> Result<()> {
    let (idp, now) = (visit.idp.clone(), visit.now);
    let ticket = ticket::presented(visit, sign_up).await?;
    let mut user = User::new(ids::new(idp.env(), ids::Kind::User), now);
    let email = email(visit, sign_up, &user.id)?;
    let phone = phone(visit, sign_up, &user.id)?;
    user.primary_email_address_id = email.as_ref().map(|row| row.id.clone());
    user.primary_phone_number_id = phone.as_ref().map(|row| row.id.clone());
    user.username.clone_from(&sign_up.username);
    user.first_name.clone_from(&sign_up.first_name);
    user.last_name.clone_from(&sign_up.last_name);
    user.password_digest.clone_from(&sign_up.password_digest);
    user.password_updated_at = sign_up.password_digest.as_ref().map(|_| now);
    user.unsafe_metadata.clone_from(&sign_up.unsafe_metadata);
    if let Some(metadata) = ticket
        .as_ref()
        .and_then(|(_, row)| row.public_metadata.clone())
    {
        user.public_metadata = metadata;
    }
    user.legal_accepted_at = sign_up.legal_accepted_at;
    user.locale.clone_from(&sign_up.locale);
    user.external_id = sign_up_ids::find(&mut visit.tx, &sign_up.id)
        .await?
        .and_then(|(_, external_id)| external_id);
    let mut person = Person {
        emails: email.into_iter().collect(),
        phones: phone.into_iter().collect(),
        ..Person::new(user)
    };
    let identifiers = person.identifiers();
    restrictions::check_sign_up(&idp, &mut visit.tx, &identifiers, ticket.is_some()).await?;
    let proof = sign_up.email_verification.as_ref();
    let proof = proof.or(sign_up.phone_verification.as_ref());
    let mut strategy = proof.map_or_else(|| "password".to_owned(), |row| row.strategy.clone());
    let account = social::account_of_sign_up(visit, sign_up, &person.user.id).await?;
    if let Some((account, own)) = account {
        person.external_accounts.push(account);
        strategy = own;
    }
    acts::create(&idp, &mut visit.tx, &person).await?;

    let client_id = visit.known_client()?.id.clone();
    let browser = visit.meta.browser.clone();
    let redeemed = match &ticket {
        Some((ticket, _)) => tickets::redeem(&idp, &mut visit.tx, ticket, &person).await?,
        None => Redeemed::default(),
    };
    let start = Start {
        organization_id: redeemed.organization_id.as_deref(),
        ..Start::new(&client_id, &browser)
    };
    let session = sessions::start(&idp, &mut visit.tx, start, &mut person).await?;
    "complete".clone_into(&mut sign_up.status);
    sign_up.created_user_id = Some(person.user.id);
    sign_up.created_session_id = Some(session.id.clone());
    // The digest has moved to the user.
    sign_up.password_digest = None;
    sign_ups::save(&mut visit.tx, sign_up, now).await?;
    visit.take_session(&session, &strategy).await
}

/// The address of the new user, if the attempt has one.
fn email(visit: &Visit, sign_up: &SignUp, user_id: &str) -> Result<Option<EmailAddress>> {
    let Some(address) = sign_up.email_address.clone() else {
        return Ok(None);
    };
    let proof = proof(sign_up.email_verification.as_ref())?;
    Ok(Some(EmailAddress {
        id: ids::new(visit.idp.env(), ids::Kind::Identification),
        user_id: user_id.to_owned(),
        address,
        verified_at: proof.verified_at,
        verification: Some(proof),
        created_at: visit.now,
        updated_at: visit.now,
    }))
}

/// The number of the new user, if the attempt has one.
fn phone(visit: &Visit, sign_up: &SignUp, user_id: &str) -> Result<Option<PhoneNumber>> {
    let Some(number) = sign_up.phone_number.clone() else {
        return Ok(None);
    };
    let proof = proof(sign_up.phone_verification.as_ref())?;
    Ok(Some(PhoneNumber {
        id: ids::new(visit.idp.env(), ids::Kind::Identification),
        user_id: user_id.to_owned(),
        number,
        reserved_for_second_factor: false,
        default_second_factor: false,
        verified_at: proof.verified_at,
        verification: Some(proof),
        created_at: visit.now,
        updated_at: visit.now,
    }))
}

fn proof(verification: Option<&Verification>) -> Result<Verification> {
    let proof = verification.filter(|row| row.verified_at.is_some());
    let incomplete = || Error::Internal("a sign-up without its proofs".to_owned());
    proof.cloned().ok_or_else(incomplete)
}
