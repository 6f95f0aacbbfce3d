//! Accounts at other providers, and ways there.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ms;
use crate::store::emails::EmailAddress;
use crate::store::external_accounts::ExternalAccount;
use crate::store::oauth_flows::Flow;

/// What stands where the protocol wants text and there is none.
fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or_default()
}

fn error(code: Option<&str>, text: Option<&str>) -> Value {
    match code {
        Some(code) => json!({ "code": code, "message": text, "long_message": text }),
        None => Value::Null,
    }
}

/// An account at a provider.
#[must_use]
pub fn external_account(account: &ExternalAccount, now: Timestamp) -> Value {
    let status = match account.status.as_str() {
        "unverified" if account.expire_at <= now => "expired",
        status => status,
    };
    json!({
        "object": "external_account",
        "id": account.id,
        "identification_id": account.identification_id,
        "provider": account.strategy(),
        "provider_user_id": account.subject,
        "approved_scopes": account.approved_scopes,
        "email_address": text(&account.email_address),
        "email_address_verified":
            account.email_address.as_ref().map(|_| account.is_email_verified),
        "first_name": text(&account.first_name),
        "last_name": text(&account.last_name),
        "avatar_url": text(&account.image_url),
        "image_url": account.image_url,
        "username": account.username,
        "phone_number": null,
        "public_metadata": {},
        "label": null,
        "created_at": ms(account.created_at),
        "updated_at": ms(account.updated_at),
        "verification": {
            "object": "verification_oauth",
            "status": status,
            "strategy": account.strategy(),
            "error": error(account.error_code.as_deref(), account.error_text.as_deref()),
            "attempts": null,
            "expire_at": ms(account.expire_at),
        },
    })
}

/// A way to a provider, as a verification. `location` is where the browser is to go, with the
/// state; it is shown as long as the provider may answer.
#[must_use]
pub fn flow(flow: &Flow, location: &str, now: Timestamp) -> Value {
    let is_open = flow.status == "unverified" && flow.used_at.is_none();
    let status = match flow.status.as_str() {
        "unverified" if flow.expire_at <= now => "expired",
        status => status,
    };
    let (code, text) = flow
        .error
        .as_ref()
        .map(|(code, text)| (code.as_str(), text.as_str()))
        .unzip();
    let mut value = json!({
        "object": "verification_oauth",
        "status": status,
        "strategy": flow.strategy(),
        "error": error(code, text),
        "attempts": null,
        "expire_at": ms(flow.expire_at),
    });
    if is_open && status == "unverified" {
        value["external_verification_redirect_url"] = location.into();
    }
    value
}

/// The accounts whose providers vouch for an address.
#[must_use]
pub fn links(email: &EmailAddress, accounts: &[ExternalAccount]) -> Vec<Value> {
    let same = |account: &&ExternalAccount| {
        account.is_verified()
            && account.is_email_verified
            && text(&account.email_address).to_lowercase() == email.address.to_lowercase()
    };
    let linked = accounts.iter().filter(same);
    linked
        .map(|account| json!({ "type": account.strategy(), "id": account.identification_id }))
        .collect()
}
