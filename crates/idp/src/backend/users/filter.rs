//! Which users a list is about, as its query says.

use crate::backend::params::Params;
use crate::domain::names;
use crate::error::Refusal;
use crate::store::search::users::{Accounts, UserFilter};

/// Reads the filters. `None` where they ask for something that no user here has: a wallet.
pub(in crate::backend) fn filter(params: &Params) -> Result<Option<UserFilter>, Refusal> {
    let mut last_active = params.span("last_active_at")?;
    last_active.after = last_active.after.or(params.since("last_active_at")?);
    let text = |name| params.text(name).unwrap_or_default();
    let filter = UserFilter {
        email_addresses: params.list("email_address"),
        phone_numbers: params.all("phone_number").map(number).collect(),
        accounts: accounts(params)?,
        external_ids: params.among("external_id"),
        usernames: params.list("username"),
        users: params.among("user_id"),
        organizations: params.among("organization_id"),
        query: text("query"),
        email_address_query: text("email_address_query"),
        phone_number_query: digits(&text("phone_number_query")),
        username_query: text("username_query"),
        name_query: text("name_query"),
        banned: params.boolean("banned")?,
        created: params.span("created_at")?,
        last_active,
        last_sign_in: params.span("last_sign_in_at")?,
    };
    Ok((!params.has("web3_wallet")).then_some(filter))
}

/// As numbers are stored, where it is one; a plus sign that was not escaped arrives as a space.
fn number(text: &str) -> String {
    let plus = format!("+{}", text.trim_start_matches([' ', '+']));
    names::phone(&plus, "phone_number").unwrap_or_else(|_| text.to_owned())
}

/// What is left of part of a number without what people put between the digits.
fn digits(text: &str) -> String {
    let is_between = |c: char| matches!(c, ' ' | '(' | ')' | '-' | '.');
    text.replace(is_between, "")
}

fn accounts(params: &Params) -> Result<Accounts, Refusal> {
    let subjects = params.list("provider_user_id");
    match params.text("provider") {
        None if subjects.is_empty() => Ok(Accounts::default()),
        None => Err(Refusal::missing("provider")),
        Some(_) if subjects.is_empty() => Err(Refusal::missing("provider_user_id")),
        Some(provider) => Ok(Accounts {
            provider: provider
                .strip_prefix("oauth_")
                .unwrap_or(&provider)
                .to_owned(),
            subjects,
        }),
    }
}
