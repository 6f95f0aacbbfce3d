//! The two kinds, where they differ.

use bailiwick_pg::Tx;
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::verifications::{EMAIL_CODE, PHONE_CODE};
use crate::domain::{emails, names, phones};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;
use crate::store;
use crate::store::verifications::Verification;

/// A kind of identification.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Email,
    Phone,
}

/// One that is to be.
pub(super) struct New {
    /// The address or the number.
    pub(super) text: String,
    /// Whether a number is kept for second factors.
    pub(super) is_reserved: bool,
    /// With one it counts as verified.
    pub(super) proof: Option<Verification>,
}

impl Kind {
    /// What a resource says that it is, and the field that has the text.
    pub(super) fn object(self) -> &'static str {
        match self {
            Self::Email => "email_address",
            Self::Phone => "phone_number",
        }
    }

    /// The refusal of an id that none has.
    pub(super) fn not_found(self) -> Refusal {
        Refusal::not_found(match self {
            Self::Email => "Email address",
            Self::Phone => "Phone number",
        })
    }

    /// A text in the form in which it is kept.
    pub(super) fn read(self, text: &str) -> Result<String, Refusal> {
        match self {
            Self::Email => names::email(text, self.object()),
            Self::Phone => names::phone(text, self.object()),
        }
    }

    /// Whose one is.
    pub(super) async fn find_user(self, tx: &mut Tx, id: &str) -> Result<Option<String>> {
        match self {
            Self::Email => store::emails::find_user(tx, id).await,
            Self::Phone => store::phones::find_user(tx, id).await,
        }
    }

    /// Whether one of the person's is verified; 404 for any other id.
    pub(super) fn is_verified(self, person: &Person, id: &str) -> Result<bool, Refusal> {
        let verified_at = match self {
            Self::Email => emails::own(person, id)?.verified_at,
            Self::Phone => phones::own(person, id)?.verified_at,
        };
        Ok(verified_at.is_some())
    }

    /// Where a code for one of the person's goes, and by which strategy; 404 for any other id.
    pub(super) fn receiver<'a>(
        self,
        person: &'a Person,
        id: &str,
    ) -> Result<(&'a str, &'static str), Refusal> {
        Ok(match self {
            Self::Email => (&emails::own(person, id)?.address, EMAIL_CODE),
            Self::Phone => (&phones::own(person, id)?.number, PHONE_CODE),
        })
    }

    /// As servers see one of the person's; 404 for any other id.
    pub(super) fn resource(
        self,
        person: &Person,
        id: &str,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let accounts = &person.external_accounts;
        Ok(match self {
            Self::Email => model::user::email_address(emails::own(person, id)?, accounts, now),
            Self::Phone => model::user::phone_number(phones::own(person, id)?, now),
        })
    }

    /// Adds one to a locked user; its id. 422 where it is taken.
    pub(super) async fn add(
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

    /// Notes how one of a locked user's was verified.
    pub(super) async fn save(
        self,
        idp: &Idp,
        tx: &mut Tx,
        person: &mut Person,
        id: &str,
        proof: Verification,
    ) -> Result<()> {
        match self {
            Self::Email => emails::save(idp, tx, person, id, proof).await,
            Self::Phone => phones::save(idp, tx, person, id, proof).await,
        }
    }

    /// Takes back that one of a locked user's was verified.
    pub(super) async fn unverify(
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
    pub(super) fn make_primary(self, person: &mut Person, id: &str) -> Result<(), Refusal> {
        match self {
            Self::Email => emails::make_primary(person, id),
            Self::Phone => phones::make_primary(person, id),
        }
    }

    /// Removes one of a locked user's; 400 for the last by which the user can be told apart.
    pub(super) async fn remove(
        self,
        idp: &Idp,
        tx: &mut Tx,
        person: &mut Person,
        id: &str,
    ) -> Result<()> {
        match self {
            Self::Email => emails::remove(idp, tx, person, id).await,
            Self::Phone => phones::remove(idp, tx, person, id).await,
        }
    }

    /// Removes all of a locked user's, whatever is left to tell the user apart by. The caller saves
    /// the user.
    pub(super) async fn clear(self, tx: &mut Tx, person: &mut Person) -> Result<()> {
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
