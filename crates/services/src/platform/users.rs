//! People: found by what is known of them, with where they belong.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::UserId;
use bailiwick_kernel::text::Fields;
use bailiwick_store::platform::users::{Account, Belonging};
use serde_json::json;

use super::Operator;
use crate::Result;

/// Characters of what is looked for: an e-mail address at most.
const SEARCH_CHARS_MAX: usize = 254;

/// A person with where they belong.
#[derive(Debug, Clone)]
pub struct Found {
    /// The person.
    pub account: Account,
    /// Where they belong or did, a hundred at most.
    pub belongings: Vec<Belonging>,
}

/// What people are looked for by.
enum Known<'a> {
    Id(UserId),
    ClerkId(&'a str),
    Email(&'a str),
}

impl<'a> Known<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if let Ok(id) = text.parse() {
            return Some(Self::Id(id));
        }
        let has_at = text.contains('@');
        match text.strip_prefix("user_") {
            Some(_) if !has_at => Some(Self::ClerkId(text)),
            _ => has_at.then_some(Self::Email(text)),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::ClerkId(_) => "clerkUserId",
            Self::Email(_) => "email",
        }
    }
}

/// Everybody whose id this is, ours or the provider's, or who is known under exactly this address.
/// That it was asked is recorded, with who was found and without the address.
///
/// # Errors
/// `VALIDATION_FAILED` for what is neither; the database's.
pub async fn look_up(operator: &Operator, search: &str) -> Result<Vec<Found>> {
    let mut fields = Fields::new();
    let search = fields.line("search", search, 1..=SEARCH_CHARS_MAX);
    fields.finish()?;
    let known = Known::read(&search);
    let known = known.ok_or_else(|| {
        Problem::invalid("search", "must be a user's id or a whole e-mail address")
    })?;
    let store = operator.app().store();
    let accounts: Vec<Account> = match &known {
        Known::Id(id) => store.find_account(*id).await?.into_iter().collect(),
        Known::ClerkId(id) => store.find_account_of(id).await?.into_iter().collect(),
        Known::Email(email) => store.accounts_with(email).await?,
    };
    let ids: Vec<String> = accounts.iter().map(|found| found.id.to_string()).collect();
    let what = json!({"by": known.word(), "found": ids});
    let mut tx = operator.begin().await?;
    let object = ("users", ids.first().map_or("nobody", String::as_str));
    operator
        .record(&mut tx, "platform.look_up_user", object, None, Some(what))
        .await?;
    tx.commit().await?;
    let mut found = Vec::with_capacity(accounts.len());
    for account in accounts {
        found.push(with_belongings(operator, account).await?);
    }
    Ok(found)
}

/// One person, also when deleted. That they were looked at is recorded.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn get(operator: &Operator, id: UserId) -> Result<Found> {
    let account = operator.app().store().find_account(id).await?;
    let account = account.ok_or_else(Problem::not_found)?;
    let mut tx = operator.begin().await?;
    let object = id.to_string();
    let object = ("user", object.as_str());
    operator
        .record(&mut tx, "platform.read_user", object, None, None)
        .await?;
    tx.commit().await?;
    with_belongings(operator, account).await
}

async fn with_belongings(operator: &Operator, account: Account) -> Result<Found> {
    let belongings = operator.app().store().belongings(account.id).await?;
    Ok(Found {
        account,
        belongings,
    })
}
