//! Addresses and numbers that a user is created with.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use crate::backend::form::Form;
use crate::domain::{names, verifications};
use crate::error::{Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::store::emails::EmailAddress;
use crate::store::phones::PhoneNumber;

/// The most addresses, and the most numbers, that a user is created with.
const MAX: usize = 20;

/// What the form names, each once, in its order.
pub(super) struct Identifiers {
    addresses: Vec<String>,
    numbers: Vec<String>,
}

impl Identifiers {
    /// Takes them out of the form.
    pub(super) fn read(form: &mut Form) -> Self {
        Self {
            addresses: take(form, "email_address", names::email),
            numbers: take(form, "phone_number", names::phone),
        }
    }

    /// The rows of a new user, verified, since a server vouches for them.
    pub(super) async fn rows(
        self,
        idp: &Idp,
        tx: &mut Tx,
        user_id: &str,
        now: Timestamp,
    ) -> Result<(Vec<EmailAddress>, Vec<PhoneNumber>)> {
        let mut emails = Vec::with_capacity(self.addresses.len());
        for (address, place) in self.addresses.into_iter().zip(0..) {
            let at = place_in_time(now, place);
            emails.push(EmailAddress {
                id: ids::new(idp.env(), Kind::Identification),
                user_id: user_id.to_owned(),
                address,
                verification: Some(verifications::record(idp, tx, "admin").await?),
                verified_at: Some(now),
                created_at: at,
                updated_at: at,
            });
        }
        let mut phones = Vec::with_capacity(self.numbers.len());
        for (number, place) in self.numbers.into_iter().zip(0..) {
            let at = place_in_time(now, place);
            phones.push(PhoneNumber {
                id: ids::new(idp.env(), Kind::Identification),
                user_id: user_id.to_owned(),
                number,
                reserved_for_second_factor: false,
                default_second_factor: false,
                verification: Some(verifications::record(idp, tx, "admin").await?),
                verified_at: Some(now),
                created_at: at,
                updated_at: at,
            });
        }
        Ok((emails, phones))
    }
}

/// Takes identifiers of one kind, and the list beside them that says how each is to be known:
/// there are none that are claimed without being verified.
fn take(
    form: &mut Form,
    param: &str,
    read: fn(&str, &str) -> Result<String, Refusal>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in form.texts(param) {
        match read(&text, param) {
            Err(refusal) => form.refuse(refusal),
            Ok(identifier) => {
                let folded = identifier.to_lowercase();
                if found.iter().all(|known| known.to_lowercase() != folded) {
                    found.push(identifier);
                }
            }
        }
    }
    if found.len() > MAX {
        let text = format!("A user is created with {MAX} of them at most.");
        form.refuse(Refusal::format(param, &text));
    }
    let statuses = format!("{param}_identification_status");
    if form.texts(&statuses).iter().any(|one| one != "verified") {
        let text = format!("{statuses} is not enabled for this instance but for verified ones.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        form.refuse(Refusal::new(status, "form_param_not_enabled", text).param(&statuses));
    }
    found
}

/// They are shown by age; a millisecond keeps the order of the request.
fn place_in_time(now: Timestamp, place: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_millis(place))
        .unwrap_or(now)
}
