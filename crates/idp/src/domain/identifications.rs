//! What users are told apart by beside a username: e-mail addresses and phone numbers. Where the
//! two kinds differ.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use super::verifications::{EMAIL_CODE, PHONE_CODE};
use super::{emails, names, phones};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;
use crate::store;
use crate::store::verifications::Verification;

/// A kind of identification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

/// One of a person's, as far as both kinds have it.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The address or the number.
    pub text: &'a str,
    /// How it is being, or was, verified.
    pub verification: Option<&'a Verification>,
    /// Whether it belongs to the person for sure.
    pub is_verified: bool,
}

/// One that is to be.
#[derive(Debug)]
pub struct New {
    /// The address or the number.
    pub text: String,
    /// Whether a number is kept for second factors.
    pub is_reserved: bool,
    /// With one it counts as verified.
    pub proof: Option<Verification>,
}

impl Kind {
    /// What a resource says that it is, and the field that has the text.
    #[must_use]
    pub fn object(self) -> &'static str {
        match self {
            Self::Email => "email_address",
            Self::Phone => "phone_number",
        }
    }

    /// The refusal of an id that none has.
    #[must_use]
    pub fn not_found(self) -> Refusal {
        Refusal::not_found(match self {
            Self::Email => "Email address",
            Self::Phone => "Phone number",
        })
    }

    /// Refuses people to add what the instance does not use.
    pub fn check_enabled(self, idp: &Idp) -> Result<(), Refusal> {
        let settings = idp.settings();
        let rules = &settings.identification;
        let (is_enabled, what) = match self {
            Self::Email => (rules.email_address.enabled, "Email addresses"),
            Self::Phone => (rules.phone_number.enabled, "Phone numbers"),
        };
        if is_enabled {
            return Ok(());
        }
        let text = format!("{what} are not enabled for this instance.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Err(Refusal::new(status, "form_param_unknown", text).param(self.object()))
    }

    /// A text in the form in which it is kept.
    pub fn read(self, text: &str) -> Result<String, Refusal> {
        match self {
            Self::Email => names::email(text, self.object()),
            Self::Phone => names::phone(text, self.object()),
        }
    }

    /// Whose one is.
    pub async fn find_user(self, tx: &mut Tx, id: &str) -> Result<Option<String>> {
        match self {
            Self::Email => store::emails::find_user(tx, id).await,
            Self::Phone => store::phones::find_user(tx, id).await,
        }
    }

    /// The strategy of codes that are sent there.
    #[must_use]
    pub fn strategy(self) -> &'static str {
        match self {
            Self::Email => EMAIL_CODE,
            Self::Phone => PHONE_CODE,
        }
    }

    /// One of the person's; 404 for any other id.
    pub fn own<'a>(self, person: &'a Person, id: &str) -> Result<Own<'a>, Refusal> {
        Ok(match self {
            Self::Email => {
                let email = emails::own(person, id)?;
                Own {
                    text: &email.address,
                    verification: email.verification.as_ref(),
                    is_verified: email.verified_at.is_some(),
                }
            }
            Self::Phone => {
                let phone = phones::own(person, id)?;
                Own {
                    text: &phone.number,
                    verification: phone.verification.as_ref(),
                    is_verified: phone.verified_at.is_some(),
                }
            }
        })
    }

    /// All of the person's, the oldest first, as the person and servers see them.
    #[must_use]
    pub fn resources(self, person: &Person, now: Timestamp) -> Vec<Value> {
        let email = |row| model::user::email_address(row, &person.external_accounts, now);
        let phone = |row| model::user::phone_number(row, now);
        match self {
            Self::Email => person.emails.iter().map(email).collect(),
            Self::Phone => person.phones.iter().map(phone).collect(),
        }
    }

    /// One of them; 404 for any other id.
    pub fn resource(self, person: &Person, id: &str, now: Timestamp) -> Result<Value, Refusal> {
        let accounts = &person.external_accounts;
        Ok(match self {
            Self::Email => model::user::email_address(emails::own(person, id)?, accounts, now),
            Self::Phone => model::user::phone_number(phones::own(person, id)?, now),
        })
    }

    /// Adds one to a locked user; its id. 422 where it is taken.
    pub async fn add(
        self,
        idp: &Idp,
        tx: &mut Tx,
        person: &mut Person,
        new: New,
    ) -> Result<String> {
        let (text, is_reserved, proof) = (new.text, new.is_reserved, new.proof);
        match self {
            Self::Email => emails::add(idp, tx, person, text, proof).await,
            Self::Phone => phones::add(idp, tx, person, text, is_reserved, proof).await,
        }
    }

    /// Notes how one of a locked user's is being, or was, verified.
    pub async fn save(
        self,
        idp: &Idp,
        tx: &mut Tx,
        person: &mut Person,
        id: &str,
        verification: Verification,
    ) -> Result<()> {
        match self {
            Self::Email => emails::save(idp, tx, person, id, verification).await,
            Self::Phone => phones::save(idp, tx, person, id, verification).await,
        }
    }

    /// Takes back that one of a locked user's was verified.
    pub async fn unverify(
        self,
        idp: &Idp,
        tx: &mut Tx,
        person: &mut Person,
        id: &str,
    ) -> Result<()> {
        match self {
            Self::Email => emails::unverify(idp, tx, person, id).await,
            Self::Phone => phones::unverify(idp, tx, person, id).await,
        }
    }

    /// Makes one of a locked user's the primary one. The caller saves the user.
    pub fn make_primary(self, person: &mut Person, id: &str) -> Result<(), Refusal> {
        match self {
            Self::Email => emails::make_primary(person, id),
            Self::Phone => phones::make_primary(person, id),
        }
    }

    /// Removes one of a locked user's; 400 for the last by which the user can be told apart.
    pub async fn remove(self, idp: &Idp, tx: &mut Tx, person: &mut Person, id: &str) -> Result<()> {
        match self {
            Self::Email => emails::remove(idp, tx, person, id).await,
            Self::Phone => phones::remove(idp, tx, person, id).await,
        }
    }

    /// Removes all of a locked user's, whatever is left to tell the user apart by. The caller saves
    /// the user.
    pub async fn clear(self, tx: &mut Tx, person: &mut Person) -> Result<()> {
        match self {
            Self::Email => {
                for row in std::mem::take(&mut person.emails) {
                    store::emails::delete(tx, &row.user_id, &row.id).await?;
                }
                person.user.primary_email_address_id = None;
            }
            Self::Phone => {
                for row in std::mem::take(&mut person.phones) {
                    store::phones::delete(tx, &row.user_id, &row.id).await?;
                }
                person.user.primary_phone_number_id = None;
            }
        }
        Ok(())
    }
}
