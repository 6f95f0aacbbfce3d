//! What a form brings to an attempt to sign up.

use http::StatusCode;
use serde_json::Value;

use super::SignUp;
use crate::domain::{names, users as user_acts};
use crate::error::{Refusal, Result};
use crate::frontend::fields::Fields;
use crate::frontend::visit::Visit;
use crate::instance::Idp;
use crate::passwords;
use crate::store::users;

/// A form that was read and checked; the password is digested already, before a transaction is
/// open. The outer `None` means that the field was not sent.
pub struct Input {
    email_address: Option<String>,
    password_digest: Option<String>,
    first_name: Option<Option<String>>,
    last_name: Option<Option<String>>,
    unsafe_metadata: Option<Value>,
    locale: Option<String>,
    legal_accepted: bool,
}

/// Reads a form; 422 for the first field that does not fit.
pub async fn read(idp: &Idp, form: &Fields) -> Result<Input> {
    for unknown in [
        "strategy",
        "token",
        "phone_number",
        "username",
        "web3_wallet",
    ] {
        let value = form.get(unknown);
        if value.is_some_and(|value| (unknown, value) != ("strategy", "ticket")) {
            let text = format!("{unknown} is not enabled for this instance.");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Refusal::new(status, "form_param_unknown", text)
                .param(unknown)
                .into());
        }
    }
    if form.flag("transfer") {
        let text = "The External Account was not found.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "external_account_not_found", text).into());
    }
    let name = |param: &str| {
        form.raw(param)
            .map(|text| names::name(text, param))
            .transpose()
    };
    let (first_name, last_name) = (name("first_name")?, name("last_name")?);
    let email_address = form
        .get("email_address")
        .map(|text| names::email(text, "email_address"))
        .transpose()?;
    let unsafe_metadata = form.object("unsafe_metadata")?;
    let password_digest = match form.get("password") {
        Some(password) => {
            passwords::check_rules(password, "password")?;
            Some(idp.passwords().hash(password).await?)
        }
        None => None,
    };
    Ok(Input {
        email_address,
        password_digest,
        first_name,
        last_name,
        unsafe_metadata,
        locale: form
            .get("locale")
            .filter(|text| text.len() <= 35)
            .map(str::to_owned),
        legal_accepted: form.flag("legal_accepted"),
    })
}

impl Input {
    /// Puts it into the attempt. An address that belongs to somebody is refused, as at Clerk.
    pub async fn apply(self, visit: &mut Visit, sign_up: &mut SignUp) -> Result<()> {
        if let Some(address) = self.email_address {
            if users::find_by_email(&mut visit.tx, &address)
                .await?
                .is_some()
            {
                return Err(user_acts::identifier_exists("email_address").into());
            }
            if sign_up.email_address.as_ref() != Some(&address) {
                // The proof was for the old address.
                sign_up.email_verification = None;
                sign_up.email_address = Some(address);
            }
        }
        if let Some(digest) = self.password_digest {
            sign_up.password_digest = Some(digest);
        }
        if let Some(name) = self.first_name {
            sign_up.first_name = name;
        }
        if let Some(name) = self.last_name {
            sign_up.last_name = name;
        }
        if let Some(metadata) = self.unsafe_metadata {
            sign_up.unsafe_metadata = metadata;
        }
        if let Some(locale) = self.locale {
            sign_up.locale = Some(locale);
        }
        if self.legal_accepted {
            sign_up.legal_accepted_at = Some(visit.now);
        }
        Ok(())
    }
}
