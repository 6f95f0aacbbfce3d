//! A user's e-mail addresses: added, proven, removed.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::users::{self, identifier_exists, taken};
use crate::error::{Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::emails::{self, EmailAddress};
use crate::store::verifications::Verification;
use crate::store::{self, users as rows};

/// The most addresses of a user.
pub const MAX: usize = 20;

/// One of the person's addresses; 404 for any other id.
pub fn own<'a>(person: &'a Person, id: &str) -> Result<&'a EmailAddress, Refusal> {
    let email = person.emails.iter().find(|email| email.id == id);
    email.ok_or_else(|| Refusal::not_found("Email address"))
}

/// Adds an address to a locked user and says so; returns its id. With a `proof` it counts as
/// verified. 422 where it belongs to somebody already.
pub async fn add(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    address: String,
    proof: Option<Verification>,
) -> Result<String> {
    if person.emails.len() >= MAX {
        return Err(too_many("email addresses").into());
    }
    let is_public = !idp.settings().identification.enumeration_protection;
    if (is_public || proof.is_some()) && rows::find_by_email(tx, &address).await?.is_some() {
        return Err(identifier_exists("email_address").into());
    }
    let now = store::now(idp.env());
    let email = EmailAddress {
        id: ids::new(idp.env(), Kind::Identification),
        user_id: person.user.id.clone(),
        address,
        verified_at: proof.as_ref().and_then(|proof| proof.verified_at),
        verification: proof,
        created_at: now,
        updated_at: now,
    };
    emails::insert(tx, &email).await.map_err(taken)?;
    let id = email.id.clone();
    person.emails.push(email);
    choose_primary(person);
    users::update(idp, tx, person).await?;
    Ok(id)
}

/// Notes how an address of a locked user is being, or was, verified, and says so where that made
/// it the user's. 422 where somebody else was faster.
pub async fn save(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    id: &str,
    verification: Verification,
) -> Result<()> {
    let now = store::now(idp.env());
    let email = person.emails.iter_mut().find(|email| email.id == id);
    let email = email.ok_or_else(|| Refusal::not_found("Email address"))?;
    let is_new = email.verified_at.is_none() && verification.verified_at.is_some();
    email.verified_at = email.verified_at.or(verification.verified_at);
    email.verification = Some(verification);
    emails::save(tx, email, now).await.map_err(taken)?;
    if is_new {
        choose_primary(person);
        users::update(idp, tx, person).await?;
    }
    Ok(())
}

/// Takes back that an address was verified, as an operator may.
pub async fn unverify(idp: &Idp, tx: &mut Tx, person: &mut Person, id: &str) -> Result<()> {
    let now = store::now(idp.env());
    let email = person.emails.iter_mut().find(|email| email.id == id);
    let email = email.ok_or_else(|| Refusal::not_found("Email address"))?;
    email.verification = None;
    email.verified_at = None;
    emails::save(tx, email, now).await?;
    if person.user.primary_email_address_id.as_deref() == Some(id) {
        person.user.primary_email_address_id = None;
    }
    choose_primary(person);
    users::update(idp, tx, person).await
}

/// Makes one of a locked user's verified addresses the one that mail goes to. The caller saves
/// the user.
pub fn make_primary(person: &mut Person, id: &str) -> Result<(), Refusal> {
    if own(person, id)?.verified_at.is_none() {
        let text = "The primary email address must be a verified one of this user.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_param_value_invalid", text);
        return Err(refusal.param("primary_email_address_id"));
    }
    person.user.primary_email_address_id = Some(id.to_owned());
    Ok(())
}

/// Removes an address of a locked user and says so. Another verified one takes its place as the
/// primary one. 400 for the last by which the user can be told apart.
pub async fn remove(idp: &Idp, tx: &mut Tx, person: &mut Person, id: &str) -> Result<()> {
    let is_verified = own(person, id)?.verified_at.is_some();
    let left = |email: &&EmailAddress| email.id != id && email.verified_at.is_some();
    if is_verified && person.emails.iter().filter(left).count() == 0 {
        let required = idp.settings().identification.email_address.required;
        check_last(person, "email address", required, Some(id))?;
    }
    emails::delete(tx, &person.user.id, id).await?;
    person.emails.retain(|email| email.id != id);
    if person.user.primary_email_address_id.as_deref() == Some(id) {
        person.user.primary_email_address_id = None;
    }
    choose_primary(person);
    users::update(idp, tx, person).await
}

/// Whoever has verified addresses has a primary one: the oldest, unless another was chosen.
fn choose_primary(person: &mut Person) {
    if person.user.primary_email_address_id.is_none() {
        let mut verified = person.emails.iter().filter(|row| row.verified_at.is_some());
        person.user.primary_email_address_id = verified.next().map(|row| row.id.clone());
    }
}

/// Refuses to leave a user without anything to sign in with, `except` the identification that is
/// about to go, or without one that the instance requires.
pub fn check_last(
    person: &Person,
    what: &str,
    is_required: bool,
    except: Option<&str>,
) -> Result<(), Refusal> {
    if is_required {
        let text = format!("You need to have at least one verified {what}.");
        let code = "last_required_identification_deletion_failed";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text));
    }
    let is_other = |id: &String| Some(id.as_str()) != except;
    let emails = person.emails.iter().filter(|row| row.verified_at.is_some());
    let phones = person
        .phones
        .iter()
        .filter(|row| row.verified_at.is_some() && !row.reserved_for_second_factor);
    let ids = emails.map(|row| &row.id).chain(phones.map(|row| &row.id));
    if person.user.username.is_none() && ids.filter(|id| is_other(id)).count() == 0 {
        let text = "You cannot delete your last identification.";
        let code = "last_identification_deletion_failed";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text));
    }
    Ok(())
}

/// The refusal of more than a user may have.
pub(super) fn too_many(what: &str) -> Refusal {
    let text = format!("You have reached the maximum number of {what}: {MAX}.");
    Refusal::new(StatusCode::BAD_REQUEST, "quota_exceeded", text)
}
