//! The ways to give a first factor.

use crate::domain::verifications::not_supported;
use crate::error::Refusal;
use crate::settings::Settings;

/// How a first factor is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// A password.
    Password,
    /// A code by mail.
    EmailCode,
    /// A link by mail.
    EmailLink,
    /// A code by text message.
    PhoneCode,
    /// A code by mail, for a new password.
    ResetPasswordEmailCode,
    /// A code by text message, for a new password.
    ResetPasswordPhoneCode,
}

impl Strategy {
    /// All there are, in no order.
    pub const ALL: [Self; 6] = [
        Self::Password,
        Self::EmailCode,
        Self::EmailLink,
        Self::PhoneCode,
        Self::ResetPasswordEmailCode,
        Self::ResetPasswordPhoneCode,
    ];

    /// Reads the form's word; 422 for one that this instance does not offer.
    pub fn read(settings: &Settings, text: &str) -> Result<Self, Refusal> {
        let named = Self::ALL.into_iter().find(|one| one.as_str() == text);
        named
            .filter(|one| one.is_offered(settings))
            .ok_or_else(not_supported)
    }

    /// Whether the instance's settings have it.
    #[must_use]
    pub fn is_offered(self, settings: &Settings) -> bool {
        let rules = &settings.identification;
        let (email, phone) = (&rules.email_address, &rules.phone_number);
        match self {
            Self::Password => rules.password.enabled,
            Self::EmailCode => email.enabled && email.code_sign_in,
            Self::EmailLink => email.enabled && email.link_sign_in,
            Self::PhoneCode => phone.enabled && phone.code_sign_in,
            Self::ResetPasswordEmailCode => rules.password.enabled && email.enabled,
            // A number that signs nobody in proves too little for a new password as well.
            Self::ResetPasswordPhoneCode => {
                rules.password.enabled && phone.enabled && phone.code_sign_in
            }
        }
    }

    /// The protocol's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::EmailCode => "email_code",
            Self::EmailLink => "email_link",
            Self::PhoneCode => "phone_code",
            Self::ResetPasswordEmailCode => "reset_password_email_code",
            Self::ResetPasswordPhoneCode => "reset_password_phone_code",
        }
    }

    /// Whether the message goes to a phone.
    #[must_use]
    pub const fn is_by_phone(self) -> bool {
        matches!(self, Self::PhoneCode | Self::ResetPasswordPhoneCode)
    }

    /// Whether a new password follows.
    #[must_use]
    pub const fn is_reset(self) -> bool {
        matches!(
            self,
            Self::ResetPasswordEmailCode | Self::ResetPasswordPhoneCode
        )
    }

    /// The forms' name for where the message goes.
    #[must_use]
    pub const fn target(self) -> &'static str {
        if self.is_by_phone() {
            "phone_number_id"
        } else {
            "email_address_id"
        }
    }
}
