//! Users and their addresses.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::external_account::{external_account, links};
use super::verification::verification;
use super::{ms, ms_opt};
use crate::config::IdpConfig;
use crate::frontend::images;
use crate::store::emails::EmailAddress;
use crate::store::external_accounts::ExternalAccount;
use crate::store::factors::Factors;
use crate::store::phones::PhoneNumber;
use crate::store::users::User;

/// A user with everything that the resource shows.
#[derive(Clone, Debug)]
pub struct Person {
    /// The row.
    pub user: User,
    /// Oldest first.
    pub emails: Vec<EmailAddress>,
    /// What the person has beside the first factor.
    pub factors: Factors,
    /// Oldest first.
    pub phones: Vec<PhoneNumber>,
    /// Accounts at other providers, oldest first, those included that are not connected yet.
    pub external_accounts: Vec<ExternalAccount>,
}

impl Person {
    /// A user who has nothing yet.
    #[must_use]
    pub fn new(user: User) -> Self {
        Self {
            user,
            emails: Vec::new(),
            phones: Vec::new(),
            external_accounts: Vec::new(),
            factors: Factors::default(),
        }
    }

    /// The address that mail goes to.
    #[must_use]
    pub fn primary_email(&self) -> Option<&EmailAddress> {
        let primary = self.user.primary_email_address_id.as_deref()?;
        self.emails.iter().find(|email| email.id == primary)
    }

    /// Whether anything but the first factor proves the person, backup codes aside.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.factors.has_totp || self.second_factor_phones().next().is_some()
    }

    /// The numbers that codes of second factors are sent to, the default one first.
    pub fn second_factor_phones(&self) -> impl Iterator<Item = &PhoneNumber> {
        let usable =
            |phone: &&PhoneNumber| phone.verified_at.is_some() && phone.reserved_for_second_factor;
        let phones = || self.phones.iter().filter(usable);
        let first = phones().filter(|phone| phone.default_second_factor);
        first.chain(phones().filter(|phone| !phone.default_second_factor))
    }

    /// The number that is shown first.
    #[must_use]
    pub fn primary_phone(&self) -> Option<&PhoneNumber> {
        let primary = self.user.primary_phone_number_id.as_deref()?;
        self.phones.iter().find(|phone| phone.id == primary)
    }

    /// Every address and number of the person.
    #[must_use]
    pub fn identifiers(&self) -> Vec<String> {
        let emails = self.emails.iter().map(|email| email.address.clone());
        emails
            .chain(self.phones.iter().map(|phone| phone.number.clone()))
            .collect()
    }

    /// What others know the person by: an address, a username, a number, or nothing.
    #[must_use]
    pub fn identifier(&self) -> &str {
        let phone = || self.primary_phone().map(|phone| phone.number.as_str());
        self.primary_email()
            .map(|email| email.address.as_str())
            .or(self.user.username.as_deref())
            .or_else(phone)
            .unwrap_or_default()
    }

    /// Whether the picture is one that the person uploaded.
    #[must_use]
    pub fn has_image(&self) -> bool {
        self.user.image_id.is_some()
    }

    /// What to call the person: the names, or whatever else is known.
    #[must_use]
    pub fn display_name(&self) -> String {
        let names = [&self.user.first_name, &self.user.last_name];
        let names: Vec<&str> = names.iter().filter_map(|name| name.as_deref()).collect();
        if names.is_empty() {
            self.identifier().to_owned()
        } else {
            names.join(" ")
        }
    }

    /// Where the person's picture is.
    #[must_use]
    pub fn image_url(&self, config: &IdpConfig) -> String {
        let user = &self.user;
        if let Some(id) = &user.image_id {
            return images::upload_url(config, id);
        }
        let name = [user.first_name.as_deref(), user.last_name.as_deref()];
        images::avatar_url(config, &user.id, &name, self.identifier())
    }
}

/// An e-mail address.
#[must_use]
pub fn email_address(email: &EmailAddress, accounts: &[ExternalAccount], now: Timestamp) -> Value {
    json!({
        "id": email.id,
        "object": "email_address",
        "email_address": email.address,
        "reserved": false,
        "verification": email.verification.as_ref().map(|v| verification(v, now)),
        "linked_to": links(email, accounts),
        "matches_sso_connection": false,
        "created_at": ms(email.created_at),
        "updated_at": ms(email.updated_at),
    })
}

/// A phone number.
#[must_use]
pub fn phone_number(phone: &PhoneNumber, now: Timestamp) -> Value {
    json!({
        "id": phone.id,
        "object": "phone_number",
        "phone_number": phone.number,
        "reserved_for_second_factor": phone.reserved_for_second_factor,
        "default_second_factor": phone.default_second_factor,
        "reserved": false,
        "verification": phone.verification.as_ref().map(|v| verification(v, now)),
        "linked_to": [],
        "backup_codes": null,
        "created_at": ms(phone.created_at),
        "updated_at": ms(phone.updated_at),
    })
}

/// A user, as the Backend API and webhooks show it.
#[must_use]
pub fn user(config: &IdpConfig, person: &Person, now: Timestamp) -> Value {
    let user = &person.user;
    let emails = person.emails.iter();
    let phones = person.phones.iter();
    let factors = &person.factors;
    let accounts = &person.external_accounts;
    let image_url = person.image_url(config);
    let locked_seconds = user
        .locked_until
        .filter(|until| *until > now)
        .map(|until| (until.as_second() - now.as_second()).max(1));
    let attempts_left = (config.lockout.max_attempts - user.failed_attempts).max(0);
    json!({
        "id": user.id,
        "object": "user",
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "locale": user.locale,
        "image_url": image_url,
        "profile_image_url": image_url,
        "has_image": person.has_image(),
        "primary_email_address_id": user.primary_email_address_id,
        "primary_phone_number_id": user.primary_phone_number_id,
        "primary_web3_wallet_id": null,
        "password_enabled": user.password_digest.is_some(),
        "password_last_updated_at": ms_opt(user.password_updated_at),
        "two_factor_enabled": person.has_second_factor(),
        "totp_enabled": factors.has_totp,
        "backup_code_enabled": factors.has_backup_codes,
        "mfa_enabled_at": ms_opt(factors.mfa_enabled_at),
        "mfa_disabled_at": ms_opt(factors.mfa_disabled_at),
        "email_addresses":
            emails
            .map(|email| email_address(email, accounts, now))
            .collect::<Vec<_>>(),
        "phone_numbers": phones.map(|phone| phone_number(phone, now)).collect::<Vec<_>>(),
        "web3_wallets": [],
        "passkeys": [],
        "external_accounts": accounts
            .iter()
            .filter(|account| account.is_verified())
            .map(|account| external_account(account, now))
            .collect::<Vec<_>>(),
        "saml_accounts": [],
        "enterprise_accounts": [],
        "public_metadata": user.public_metadata,
        "private_metadata": user.private_metadata,
        "unsafe_metadata": user.unsafe_metadata,
        "external_id": user.external_id,
        "last_sign_in_at": ms_opt(user.last_sign_in_at),
        "last_active_at": ms_opt(user.last_active_at),
        "banned": user.banned,
        "bypass_client_trust": false,
        "deprovisioned": false,
        "locked": locked_seconds.is_some(),
        "lockout_expires_in_seconds": locked_seconds,
        "verification_attempts_remaining": attempts_left,
        "create_organization_enabled": user.create_organization_enabled,
        "create_organizations_limit": user.create_organizations_limit,
        "delete_self_enabled": user.delete_self_enabled,
        "legal_accepted_at": ms_opt(user.legal_accepted_at),
        "created_at": ms(user.created_at),
        "updated_at": ms(user.updated_at),
    })
}

/// A user, as the user's own browser sees it: with memberships, without private metadata.
#[must_use]
pub fn own_user(
    config: &IdpConfig,
    person: &Person,
    memberships: Vec<Value>,
    now: Timestamp,
) -> Value {
    let mut value = user(config, person, now);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("private_metadata");
        // The person sees what is not connected yet, and why.
        let accounts = person.external_accounts.iter();
        let accounts = accounts.map(|account| external_account(account, now));
        fields.insert(
            "external_accounts".to_owned(),
            accounts.collect::<Vec<_>>().into(),
        );
        // To browsers, no limit is said by leaving it out.
        if person.user.create_organizations_limit.is_none() {
            fields.remove("create_organizations_limit");
        }
        fields.insert("organization_memberships".to_owned(), memberships.into());
    }
    value
}

/// What members of the same organization see of a user.
#[must_use]
pub fn public_user_data(config: &IdpConfig, person: &Person) -> Value {
    let image_url = person.image_url(config);
    json!({
        "user_id": person.user.id,
        "identifier": person.identifier(),
        "first_name": person.user.first_name,
        "last_name": person.user.last_name,
        "username": person.user.username,
        "image_url": image_url,
        "profile_image_url": image_url,
        "has_image": person.has_image(),
        "banned": person.user.banned,
        "deprovisioned": false,
    })
}
