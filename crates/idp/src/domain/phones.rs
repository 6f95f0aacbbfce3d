//! A user's phone numbers: added, proven, removed, chosen for second factors.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::emails::{MAX, check_last, too_many};
use super::factors;
use super::users::{identifier_exists, taken};
use crate::error::{Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::phones::{self, PhoneNumber};
use crate::store::verifications::Verification;
use crate::store::{self, users as rows};

/// One of the person's numbers; 404 for any other id.
pub fn own<'a>(person: &'a Person, id: &str) -> Result<&'a PhoneNumber, Refusal> {
    let phone = person.phones.iter().find(|phone| phone.id == id);
    phone.ok_or_else(|| Refusal::not_found("Phone number"))
}

fn own_mut<'a>(person: &'a mut Person, id: &str) -> Result<&'a mut PhoneNumber, Refusal> {
    let phone = person.phones.iter_mut().find(|phone| phone.id == id);
    phone.ok_or_else(|| Refusal::not_found("Phone number"))
}

/// Adds a number to a locked user and says so; returns its id. With a `proof` it counts as
/// verified. 422 where somebody else is told apart by it.
pub async fn add(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    number: String,
    is_reserved: bool,
    proof: Option<Verification>,
) -> Result<String> {
    if person.phones.len() >= MAX {
        return Err(too_many("phone numbers").into());
    }
    let is_public = !idp.settings().identification.enumeration_protection || proof.is_some();
    if is_public && !is_reserved && rows::find_by_phone(tx, &number).await?.is_some() {
        return Err(identifier_exists("phone_number").into());
    }
    let now = store::now(idp.env());
    let phone = PhoneNumber {
        id: ids::new(idp.env(), Kind::Identification),
        user_id: person.user.id.clone(),
        number,
        reserved_for_second_factor: is_reserved,
        default_second_factor: false,
        verified_at: proof.as_ref().and_then(|proof| proof.verified_at),
        verification: proof,
        created_at: now,
        updated_at: now,
    };
    phones::insert(tx, &phone).await.map_err(taken)?;
    let id = phone.id.clone();
    person.phones.push(phone);
    settle(idp, tx, person).await?;
    Ok(id)
}

/// Notes how a number of a locked user is being, or was, verified, and says so where that made it
/// the user's. 422 where somebody else was faster.
pub async fn save(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    id: &str,
    verification: Verification,
) -> Result<()> {
    let now = store::now(idp.env());
    let phone = own_mut(person, id)?;
    let is_new = phone.verified_at.is_none() && verification.verified_at.is_some();
    phone.verified_at = phone.verified_at.or(verification.verified_at);
    phone.verification = Some(verification);
    phones::save(tx, phone, now).await.map_err(taken)?;
    if is_new {
        settle(idp, tx, person).await?;
    }
    Ok(())
}

/// Takes back that a number was verified, as an operator may.
pub async fn unverify(idp: &Idp, tx: &mut Tx, person: &mut Person, id: &str) -> Result<()> {
    let now = store::now(idp.env());
    let phone = own_mut(person, id)?;
    phone.verification = None;
    phone.verified_at = None;
    phone.default_second_factor = false;
    phones::save(tx, phone, now).await?;
    forget_primary(person, id);
    settle(idp, tx, person).await
}

/// What a number is used for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Use {
    /// Whether it gets the codes of second factors, and signs nobody in.
    pub reserved_for_second_factor: Option<bool>,
    /// Whether it is the one of several that they are sent to.
    pub default_second_factor: Option<bool>,
}

/// Changes what a number of a locked user is used for, and says so. 400 where it would be used
/// before it is verified.
pub async fn set_use(
    idp: &Idp,
    tx: &mut Tx,
    person: &mut Person,
    id: &str,
    wanted: Use,
) -> Result<()> {
    let now = store::now(idp.env());
    let asks = wanted.reserved_for_second_factor == Some(true)
        || wanted.default_second_factor == Some(true);
    let phone = own(person, id)?;
    if asks && phone.verified_at.is_none() {
        let text = "The phone number must be verified first.";
        let code = "verification_missing";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    }
    if wanted.reserved_for_second_factor == Some(true) && !phone.reserved_for_second_factor {
        check_last(person, "phone number", false, Some(id))?;
    }
    if wanted.default_second_factor == Some(true) {
        phones::clear_default(tx, &person.user.id).await?;
        for other in &mut person.phones {
            other.default_second_factor = false;
        }
    }
    let is_first = !person
        .phones
        .iter()
        .any(|phone| phone.default_second_factor);
    let phone = own_mut(person, id)?;
    if let Some(is_reserved) = wanted.reserved_for_second_factor {
        phone.reserved_for_second_factor = is_reserved;
    }
    if let Some(is_default) = wanted.default_second_factor {
        phone.default_second_factor = is_default;
    } else if is_first {
        phone.default_second_factor = true;
    }
    // A number that second factors are not sent to is not the default one for them.
    phone.default_second_factor &= phone.reserved_for_second_factor;
    let is_reserved = phone.reserved_for_second_factor;
    phones::save(tx, phone, now).await.map_err(taken)?;
    if is_reserved {
        forget_primary(person, id);
    }
    settle(idp, tx, person).await
}

/// Makes one of a locked user's verified numbers the one that is shown first. The caller saves
/// the user.
pub fn make_primary(person: &mut Person, id: &str) -> Result<(), Refusal> {
    let phone = own(person, id)?;
    if phone.verified_at.is_none() || phone.reserved_for_second_factor {
        let text = "The primary phone number must be a verified one of this user, and not \
                    reserved for second factors.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_param_value_invalid", text);
        return Err(refusal.param("primary_phone_number_id"));
    }
    person.user.primary_phone_number_id = Some(id.to_owned());
    Ok(())
}

/// Removes a number of a locked user and says so. Another verified one takes its place as the
/// primary one. 400 for the last by which the user can be told apart.
pub async fn remove(idp: &Idp, tx: &mut Tx, person: &mut Person, id: &str) -> Result<()> {
    let phone = own(person, id)?;
    let identifies =
        |row: &PhoneNumber| row.verified_at.is_some() && !row.reserved_for_second_factor;
    if identifies(phone) {
        let others = person.phones.iter().filter(|row| row.id != id);
        let is_last = !others.into_iter().any(identifies);
        let required = idp.settings().identification.phone_number.required;
        check_last(person, "phone number", required && is_last, Some(id))?;
    }
    phones::delete(tx, &person.user.id, id).await?;
    person.phones.retain(|phone| phone.id != id);
    forget_primary(person, id);
    settle(idp, tx, person).await
}

fn forget_primary(person: &mut Person, id: &str) {
    if person.user.primary_phone_number_id.as_deref() == Some(id) {
        person.user.primary_phone_number_id = None;
    }
}

/// Whoever has numbers to sign in with has a primary one; saves the user and says so.
async fn settle(idp: &Idp, tx: &mut Tx, person: &mut Person) -> Result<()> {
    if person.user.primary_phone_number_id.is_none() {
        let mut fit = person
            .phones
            .iter()
            .filter(|row| row.verified_at.is_some() && !row.reserved_for_second_factor);
        person.user.primary_phone_number_id = fit.next().map(|row| row.id.clone());
    }
    // Codes to a phone may have become a second factor, or ceased to be one.
    factors::changed(idp, tx, person).await
}
