//! Searching users.

use bailiwick_pg::{ToSql, Tx, sql};
use jiff::Timestamp;

use super::super::{Page, users};
use super::{Among, Order, arrange, ids};
use crate::error::Result;

/// What users are looked for. Filters that say nothing hold for everybody.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// One of these addresses, whatever the case of its letters.
    pub email_addresses: Vec<String>,
    /// By the customer's own ids.
    pub external_ids: Among,
    /// One of these, whatever the case.
    pub usernames: Vec<String>,
    /// One of these numbers, in the form of E.164.
    pub phone_numbers: Vec<String>,
    /// An account at another provider.
    pub accounts: Accounts,
    /// Users by id.
    pub users: Among,
    /// Members of these organizations.
    pub organizations: Among,
    /// Part of an address, number, name or username, or the whole id.
    pub query: String,
    /// Part of an address.
    pub email_address_query: String,
    /// Part of a number.
    pub phone_number_query: String,
    /// Part of a username.
    pub username_query: String,
    /// Part of the first or last name.
    pub name_query: String,
    /// Banned, or not.
    pub banned: Option<bool>,
    /// Created then or later, and before.
    pub created: Span,
    /// Last seen then or later, and before.
    pub last_active: Span,
    /// Last signed in then or later, and before.
    pub last_sign_in: Span,
}

/// Accounts at another provider.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// The provider's name, such as `google`; empty: any account or none.
    pub provider: String,
    /// Who they are at that provider.
    pub subjects: Vec<String>,
}

/// Part of time: from `after`, up to and without `before`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first instant.
    pub after: Option<Timestamp>,
    /// The end.
    pub before: Option<Timestamp>,
}

/// What users can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserKey {
    /// Time of creation.
    CreatedAt,
    /// Time of the last change.
    UpdatedAt,
    /// Last sign of life.
    LastActiveAt,
    /// Last sign-in.
    LastSignInAt,
    /// Primary address.
    EmailAddress,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Username.
    Username,
    /// Primary number.
    PhoneNumber,
}

impl UserKey {
    /// Reads the protocol's name of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "created_at" => Self::CreatedAt,
            "updated_at" => Self::UpdatedAt,
            "last_active_at" => Self::LastActiveAt,
            "last_sign_in_at" => Self::LastSignInAt,
            "email_address" => Self::EmailAddress,
            "first_name" => Self::FirstName,
            "last_name" => Self::LastName,
            "username" => Self::Username,
            "phone_number" => Self::PhoneNumber,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::LastActiveAt => "last_active_at",
            Self::LastSignInAt => "last_sign_in_at",
            Self::EmailAddress => "email_address",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Username => "username",
            Self::PhoneNumber => "phone_number",
        }
    }
}

sql! {
    /// Ids of matching users. `$24` names the key, `$25` whether it runs down, `$26` is empty or
    /// the user after whom, by time of creation, the list begins.
    SEARCH_USERS(TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY,
        TEXT, TEXT, TEXT, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ, TIMESTAMPTZ, TEXT_ARRAY, TEXT, TEXT, TEXT_ARRAY, TEXT_ARRAY,
        TEXT, BOOL, TEXT, INT8, INT8) = concat!("
        select u.id
        from idp.users u
        left join idp.email_addresses p on p.id = u.primary_email_address_id
        left join idp.phone_numbers n on n.id = u.primary_phone_number_id
        cross join lateral (select
            case $24 when 'created_at' then u.created_at when 'updated_at' then u.updated_at
                when 'last_active_at' then u.last_active_at
                when 'last_sign_in_at' then u.last_sign_in_at end as at,
            lower(case $24 when 'email_address' then p.address when 'first_name' then u.first_name
                when 'last_name' then u.last_name when 'username' then u.username
                when 'phone_number' then n.number end) as name
        ) k
        where ", matching_users!(), "
          and ($26 = '' or exists (select 1 from idp.users c where c.id = $26
                and ((u.created_at = c.created_at and u.id > c.id)
                  or case when $25 then u.created_at < c.created_at
                     else u.created_at > c.created_at end)))
        order by case when $25 then k.at end desc nulls last,
                 case when not $25 then k.at end nulls last,
                 case when $25 then k.name end desc nulls last,
                 case when not $25 then k.name end nulls last,
                 u.id
        limit $27 offset $28");
    /// How many users match.
    COUNT_USERS(TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY,
        TEXT, TEXT, TEXT, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ, TIMESTAMPTZ, TEXT_ARRAY, TEXT, TEXT, TEXT_ARRAY, TEXT_ARRAY) =
        concat!("select count(*) from idp.users u where ", matching_users!());
}

impl UserFilter {
    /// In the order of `matching_users!`.
    pub(super) fn params(&self) -> [&(dyn ToSql + Sync); 23] {
        [
            &self.email_addresses,
            &self.external_ids.of,
            &self.usernames,
            &self.users.of,
            &self.users.not,
            &self.organizations.of,
            &self.organizations.not,
            &self.query,
            &self.email_address_query,
            &self.username_query,
            &self.name_query,
            &self.banned,
            &self.created.after,
            &self.created.before,
            &self.last_active.after,
            &self.last_active.before,
            &self.last_sign_in.after,
            &self.last_sign_in.before,
            &self.phone_numbers,
            &self.phone_number_query,
            &self.accounts.provider,
            &self.accounts.subjects,
            &self.external_ids.not,
        ]
    }

    /// The same with its exact names in the form in which they are compared.
    pub(super) fn folded(&self) -> Self {
        let lower = |values: &[String]| values.iter().map(|value| value.to_lowercase()).collect();
        Self {
            email_addresses: lower(&self.email_addresses),
            usernames: lower(&self.usernames),
            ..self.clone()
        }
    }
}

/// A page of the users that match. `after` is the user of the page before, for lists that run by
/// time of creation.
pub async fn list(
    tx: &mut Tx,
    filter: &UserFilter,
    order: Order<UserKey>,
    after: Option<&str>,
    page: Page,
) -> Result<Vec<users::User>> {
    let filter = filter.folded();
    let (key, after) = (order.key.name(), after.unwrap_or_default());
    let mut params = filter.params().to_vec();
    params.extend([
        &key as &(dyn ToSql + Sync),
        &order.descending,
        &after,
        &page.limit,
        &page.offset,
    ]);
    let ids = ids(&tx.query(&SEARCH_USERS, &params).await?);
    Ok(arrange(users::load(tx, &ids).await?, &ids, |user| &user.id))
}

/// How many users match.
pub async fn count(tx: &mut Tx, filter: &UserFilter) -> Result<i64> {
    Ok(tx
        .query_one(&COUNT_USERS, &filter.folded().params())
        .await?
        .get(0))
}
