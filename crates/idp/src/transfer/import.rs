//! Users from a file.

use std::collections::HashSet;

use bailiwick_pg::{Tx, sql};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Record;
use crate::domain::{names, users, verifications};
use crate::error::{Error, Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::passwords;
use crate::store;
use crate::store::emails::EmailAddress;
use crate::store::phones::PhoneNumber;
use crate::store::users::User;

/// Addresses, or numbers, of one user.
const IDENTIFIERS_MAX: usize = 20;

sql! {
    /// The user of an external id.
    FIND_BY_EXTERNAL_ID(TEXT) = "select id from idp.users where external_id = $1";
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new user with this id; in a dry run, one that there would be.
    Created(String),
    /// The user is there already, under this id.
    Known(String),
    /// Refused, and why.
    Refused(String),
}

/// An import under way.
pub struct Import {
    idp: Idp,
    is_dry: bool,
    seen: HashSet<String>,
}

impl Import {
    /// An import; a dry one checks everything and changes nothing.
    #[must_use]
    pub fn new(idp: &Idp, is_dry: bool) -> Self {
        Self {
            idp: idp.clone(),
            is_dry,
            seen: HashSet::new(),
        }
    }

    /// Takes one user over, in a transaction of its own. A user whose id or verified address is
    /// known stays as they are. Fails only where the provider itself does.
    pub async fn take(&mut self, record: &Record) -> Result<Outcome> {
        if let Some(twice) = self.is_twice(record) {
            return Ok(Outcome::Refused(format!("{twice} is in this file before")));
        }
        let mut tx = self.idp.pool().begin().await?;
        if let Some(known) = known(&mut tx, record).await? {
            tx.commit().await?;
            return Ok(Outcome::Known(known));
        }
        match create(&self.idp, &mut tx, record).await {
            Ok(id) => {
                if !self.is_dry {
                    tx.commit().await?;
                }
                Ok(Outcome::Created(id))
            }
            Err(Error::Refused(refusal)) => {
                let texts = refusal.errors.iter().map(|item| item.long_message.as_str());
                Ok(Outcome::Refused(texts.collect::<Vec<_>>().join(" ")))
            }
            Err(error) => Err(error),
        }
    }

    /// What a dry run must find out by itself: nothing of the file is in the database.
    fn is_twice(&mut self, record: &Record) -> Option<String> {
        let names = record.key().map(|key| format!("id {key}")).into_iter();
        let addresses = record.verified_email_addresses.iter();
        let numbers = record.verified_phone_numbers.iter();
        let username = record.username.iter();
        let mut all = names.chain(
            addresses
                .chain(numbers)
                .chain(username)
                .map(|t| t.to_lowercase()),
        );
        all.find(|name| !self.seen.insert(name.clone()))
    }
}

async fn known(tx: &mut Tx, record: &Record) -> Result<Option<String>> {
    if let Some(key) = record.key() {
        let row = tx.query_opt(&FIND_BY_EXTERNAL_ID, &[&key]).await?;
        return Ok(row.map(|row| row.get(0)));
    }
    match record.verified_email_addresses.first() {
        Some(address) => {
            let found = store::users::find_by_email(tx, address).await?;
            Ok(found.map(|(user_id, _)| user_id))
        }
        None => Ok(None),
    }
}

async fn create(idp: &Idp, tx: &mut Tx, record: &Record) -> Result<String> {
    let now = store::now(idp.env());
    let mut user = User::new(ids::new(idp.env(), Kind::User), now);
    user.created_at = record.created_at.map_or(now, |at| at.min(now));
    user.external_id = record.key().map(str::to_owned);
    user.first_name = name(record.first_name.as_deref(), "first_name")?;
    user.last_name = name(record.last_name.as_deref(), "last_name")?;
    user.username = name(record.username.as_deref(), "username")?;
    user.banned = record.banned;
    user.public_metadata = Value::Object(record.public_metadata.clone());
    user.private_metadata = Value::Object(record.private_metadata.clone());
    user.unsafe_metadata = Value::Object(record.unsafe_metadata.clone());
    user.password_digest = password(idp, record).await?;
    user.password_updated_at = user.password_digest.as_ref().map(|_| now);

    let emails = emails(idp, tx, &user.id, record, now).await?;
    let phones = phones(idp, tx, &user.id, record, now).await?;
    if emails.is_empty() && phones.is_empty() && user.username.is_none() {
        let text = "There is no address, number or username to sign in with.";
        return Err(Refusal::format("verified_email_addresses", text).into());
    }
    let wanted = record
        .primary_email_address
        .as_deref()
        .map(str::to_lowercase);
    let is_wanted = |email: &&EmailAddress| Some(email.address.to_lowercase()) == wanted;
    let primary = emails.iter().find(is_wanted);
    let verified = emails.iter().find(|email| email.verified_at.is_some());
    user.primary_email_address_id = primary.or(verified).map(|email| email.id.clone());
    let wanted = record.primary_phone_number.as_deref();
    let primary = phones
        .iter()
        .find(|phone| Some(phone.number.as_str()) == wanted);
    let verified = phones.iter().find(|phone| phone.verified_at.is_some());
    user.primary_phone_number_id = primary.or(verified).map(|phone| phone.id.clone());

    let id = user.id.clone();
    let person = Person {
        emails,
        phones,
        ..Person::new(user)
    };
    users::create(idp, tx, &person).await?;
    Ok(id)
}

fn name(text: Option<&str>, param: &str) -> Result<Option<String>, Refusal> {
    text.map_or(Ok(None), |text| names::name(text, param))
}

async fn password(idp: &Idp, record: &Record) -> Result<Option<String>> {
    match (&record.password, &record.password_digest) {
        (None, None) => Ok(None),
        (Some(password), None) => {
            let rules = &idp.settings().identification.password;
            passwords::check_rules(rules, password, "password")?;
            Ok(Some(idp.passwords().hash(password).await?))
        }
        (None, Some(digest)) => {
            let hasher = record.password_hasher.as_deref().unwrap_or_default();
            let stored = passwords::foreign::accept(hasher, digest).ok_or_else(|| {
                let text = format!("The password_digest is not one of the hasher {hasher:?}.");
                Refusal::format("password_digest", &text)
            })?;
            Ok(Some(stored))
        }
        (Some(_), Some(_)) => {
            let text = "There is a password and a password_digest.";
            Err(Refusal::format("password", text).into())
        }
    }
}

/// Each value once, with whether it is verified, bounded in number.
fn each(
    verified: &[String],
    unverified: &[String],
    primary: Option<&String>,
    read: impl Fn(&str) -> Result<String, Refusal>,
) -> Result<Vec<(String, bool)>, Refusal> {
    let mut found: Vec<(String, bool)> = Vec::new();
    let sure = verified.iter().map(|text| (text, true));
    let claimed = unverified.iter().map(|text| (text, false));
    // A primary one that is in neither list is the user's: the lists are optional.
    for (text, is_verified) in sure.chain(claimed).chain(primary.map(|text| (text, true))) {
        let value = read(text)?;
        if found
            .iter()
            .all(|(known, _)| known.to_lowercase() != value.to_lowercase())
        {
            found.push((value, is_verified));
        }
    }
    if found.len() > IDENTIFIERS_MAX {
        let text = format!("There are more than {IDENTIFIERS_MAX} addresses or numbers.");
        return Err(Refusal::format("verified_email_addresses", &text));
    }
    Ok(found)
}

async fn emails(
    idp: &Idp,
    tx: &mut Tx,
    user_id: &str,
    record: &Record,
    now: Timestamp,
) -> Result<Vec<EmailAddress>> {
    let (sure, claimed) = (
        &record.verified_email_addresses,
        &record.unverified_email_addresses,
    );
    let primary = record.primary_email_address.as_ref();
    let read = |text: &str| names::email(text, "verified_email_addresses");
    let mut emails = Vec::new();
    for ((address, is_verified), place) in each(sure, claimed, primary, read)?.into_iter().zip(0..)
    {
        let at = place_in_time(now, place);
        let verification = match is_verified {
            true => Some(verifications::record(idp, tx, "admin").await?),
            false => None,
        };
        emails.push(EmailAddress {
            id: ids::new(idp.env(), Kind::Identification),
            user_id: user_id.to_owned(),
            address,
            verification,
            verified_at: is_verified.then_some(now),
            created_at: at,
            updated_at: at,
        });
    }
    Ok(emails)
}

async fn phones(
    idp: &Idp,
    tx: &mut Tx,
    user_id: &str,
    record: &Record,
    now: Timestamp,
) -> Result<Vec<PhoneNumber>> {
    let (sure, claimed) = (
        &record.verified_phone_numbers,
        &record.unverified_phone_numbers,
    );
    let primary = record.primary_phone_number.as_ref();
    let read = |text: &str| names::phone(text, "verified_phone_numbers");
    let mut phones = Vec::new();
    for ((number, is_verified), place) in each(sure, claimed, primary, read)?.into_iter().zip(0..) {
        let at = place_in_time(now, place);
        let verification = match is_verified {
            true => Some(verifications::record(idp, tx, "admin").await?),
            false => None,
        };
        phones.push(PhoneNumber {
            id: ids::new(idp.env(), Kind::Identification),
            user_id: user_id.to_owned(),
            number,
            reserved_for_second_factor: false,
            default_second_factor: false,
            verification,
            verified_at: is_verified.then_some(now),
            created_at: at,
            updated_at: at,
        });
    }
    Ok(phones)
}

/// Addresses are shown by age; a millisecond keeps the order of the file.
fn place_in_time(now: Timestamp, place: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_millis(place))
        .unwrap_or(now)
}
