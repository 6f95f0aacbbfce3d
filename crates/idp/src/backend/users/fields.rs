//! Fields that creating and updating a user have in common.

use http::StatusCode;

use crate::backend::form::Form;
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::passwords;
use crate::settings::PasswordRules;
use crate::store::users::User;

/// Fields of the protocol that mean nothing here.
pub(super) const IGNORED: [&str; 6] = [
    "skip_password_requirement",
    "skip_legal_checks",
    "skip_user_requirement",
    "bypass_client_trust",
    "notify_primary_email_address_changed",
    "primary_web3_wallet_id",
];

/// Fields of the protocol that ask for what this provider does not have.
pub(super) const UNSUPPORTED: [&str; 2] = ["web3_wallet", "profile_image_id"];

/// Takes names, settings and the like over from the form.
pub(super) fn apply(form: &mut Form, user: &mut User) {
    if let Some(value) = form.name("first_name") {
        user.first_name = value;
    }
    if let Some(value) = form.name("last_name") {
        user.last_name = value;
    }
    if let Some(value) = form.name("locale") {
        user.locale = value;
    }
    if let Some(value) = form.name("external_id") {
        user.external_id = value;
    }
    if let Some(value) = form.name("username") {
        let fits = |name: &String| {
            name.chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        };
        if value.as_ref().is_some_and(|name| !fits(name)) {
            let text = "Usernames have letters, digits, and . _ - only.";
            form.refuse(Refusal::format("username", text));
        }
        user.username = value;
    }
    if let Some(value) = form.boolean("delete_self_enabled") {
        user.delete_self_enabled = value;
    }
    if let Some(value) = form.boolean("create_organization_enabled") {
        user.create_organization_enabled = value;
    }
    if let Some(value) = form.count("create_organizations_limit") {
        // Zero lifts the limit, as at Clerk.
        user.create_organizations_limit = value.filter(|limit| *limit > 0);
    }
    if let Some(value) = form.time("legal_accepted_at") {
        user.legal_accepted_at = value;
    }
}

/// A password that the form sets: in the clear, or as a digest made elsewhere.
pub(super) enum NewPassword {
    /// To be hashed.
    Clear(String),
    /// What is stored of a digest, which names its hasher.
    Digest(String),
}

/// Takes a new password out of the form and checks the rules, unless the form waives them.
pub(super) fn password(form: &mut Form, rules: &PasswordRules) -> Option<NewPassword> {
    let skip_checks = form.boolean("skip_password_checks").unwrap_or(false);
    let clear = form.text("password").flatten();
    let digest = form.text("password_digest").flatten();
    let hasher = form.text("password_hasher").flatten();
    if let Some(password) = clear {
        if !skip_checks && let Err(refusal) = passwords::check_rules(rules, &password, "password") {
            form.refuse(refusal);
        }
        return Some(NewPassword::Clear(password));
    }
    let digest = digest?;
    let stored = passwords::foreign::accept(hasher.as_deref().unwrap_or_default(), &digest);
    if hasher.is_none() {
        form.refuse(Refusal::missing("password_hasher"));
    } else if stored.is_none() {
        let text =
            "The password_digest is not a digest of that password_hasher, or costs too much.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_password_digest_invalid", text);
        form.refuse(refusal.param("password_digest"));
    }
    stored.map(NewPassword::Digest)
}

impl NewPassword {
    /// What is stored of it.
    pub(super) async fn digest(self, idp: &Idp) -> Result<String> {
        match self {
            Self::Clear(password) => idp.passwords().hash(&password).await,
            Self::Digest(digest) => Ok(digest),
        }
    }
}
