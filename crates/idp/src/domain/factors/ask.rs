//! A code to a phone, as second factor.

use bailiwick_pg::Tx;
use http::StatusCode;

use crate::domain::verifications::{self, PHONE_CODE};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::mail::Mail;
use crate::model::user::Person;
use crate::store::verifications::Verification;

/// What was asked for.
#[derive(Debug)]
pub struct Asked {
    /// Waits for the code.
    pub verification: Verification,
    /// Carries the code, after the commit.
    pub mail: Mail,
    /// Where it goes.
    pub phone_number_id: String,
}

/// Asks a person for a code that goes to one of the numbers kept for second factors: the named
/// one, else the default one, else the first. 404 where there is no such number, 422 for a
/// strategy that needs no preparation. Rate limited by number.
pub async fn ask(
    idp: &Idp,
    tx: &mut Tx,
    person: &Person,
    strategy: &str,
    phone_number_id: Option<&str>,
) -> Result<Asked> {
    if strategy != PHONE_CODE || !idp.settings().factors.phone_code {
        let text = "The strategy cannot be prepared.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_param_value_invalid", text);
        return Err(refusal.param("strategy").into());
    }
    let mut phones = person.second_factor_phones();
    let phone = match phone_number_id {
        Some(id) => phones.find(|phone| phone.id == id),
        None => phones.next(),
    };
    let phone = phone.ok_or_else(|| {
        let text = "The phone number is not one for second factors of this account.";
        let status = StatusCode::NOT_FOUND;
        Refusal::new(status, "resource_not_found", text).param("phone_number_id")
    })?;
    let (verification, mail) = verifications::ask(idp, tx, PHONE_CODE, &phone.number).await?;
    Ok(Asked {
        verification,
        mail: mail.owned(&person.user.id, &phone.id),
        phone_number_id: phone.id.clone(),
    })
}
