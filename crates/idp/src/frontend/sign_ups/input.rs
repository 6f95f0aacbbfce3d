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
    phone_number: Option<String>,
    username: Option<String>,
    password_digest: Option<String>,
    first_name: Option<Option<String>>,
    last_name: Option<Option<String>>,
    unsafe_metadata: Option<Value>,
    locale: Option<String>,
    legal_accepted: bool,
}

/// Reads a form; 422 for the first field that does not fit.
pub async fn read(idp: &Idp, form: &Fields) -> Result<Input> {
    let settings = idp.settings();
    let rules = &settings.identification;
    for (name, is_known) in [
        ("strategy", form.get("strategy") == Some("ticket")),
        ("token", false),
        ("web3_wallet", false),
        ("email_address", rules.email_address.enabled),
        ("phone_number", rules.phone_number.enabled),
        ("username", rules.username.enabled),
        ("password", rules.password.enabled),
    ] {
        if !is_known && form.get(name).is_some() {
            let text = format!("{name} is not enabled for this instance.");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Refusal::new(status, "form_param_unknown", text)
                .param(name)
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
    let phone_number = form
        .get("phone_number")
        .map(|text| names::phone(text, "phone_number"))
        .transpose()?;
    let username = form
        .get("username")
        .map(|text| names::username(&rules.username, text, "username"))
        .transpose()?;
    let unsafe_metadata = form.object("unsafe_metadata")?;
    let password_digest = match form.get("password") {
        Some(password) => {
            passwords::check_rules(&rules.password, password, "password")?;
            Some(idp.passwords().hash(password).await?)
        }
        None => None,
    };
    Ok(Input {
        email_address,
        phone_number,
        username,
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
    /// Puts it into the attempt. An address or a number that belongs to somebody is refused, as
    /// at Clerk; where it is kept secret who has an account, whoever proves it is told. A name is
    /// nothing that can be proven, so that one that is taken is always told.
    pub async fn apply(self, visit: &mut Visit, sign_up: &mut SignUp) -> Result<()> {
        let is_secret = visit.idp.settings().identification.enumeration_protection;
        if let Some(address) = self.email_address {
            let owner = users::find_by_email(&mut visit.tx, &address).await?;
            if owner.is_some() && !is_secret {
                return Err(user_acts::identifier_exists("email_address").into());
            }
            if sign_up.email_address.as_ref() != Some(&address) {
                // The proof was for the old address.
                sign_up.email_verification = None;
                sign_up.email_address = Some(address);
            }
        }
        if let Some(number) = self.phone_number {
            let owner = users::find_by_phone(&mut visit.tx, &number).await?;
            if owner.is_some() && !is_secret {
                return Err(user_acts::identifier_exists("phone_number").into());
            }
            if sign_up.phone_number.as_ref() != Some(&number) {
                sign_up.phone_verification = None;
                sign_up.phone_number = Some(number);
            }
        }
        if let Some(username) = self.username {
            let owner = users::find_by_username(&mut visit.tx, &username).await?;
            if owner.is_some() {
                return Err(user_acts::identifier_exists("username").into());
            }
            sign_up.username = Some(username);
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
