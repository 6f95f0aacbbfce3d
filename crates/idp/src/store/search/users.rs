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
    /// One of the customer's own ids.
    pub external_ids: Vec<String>,
    /// One of these, whatever the case.
    pub usernames: Vec<String>,
    /// Users by id.
    pub users: Among,
    /// Members of these organizations.
    pub organizations: Among,
    /// Part of an address, name, username, or id.
    pub query: String,
    /// Part of an address.
    pub email_address_query: String,
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
        }
    }
}

/// The condition that both statements share; its parameters are `$1` to `$18`.
macro_rules! matching {
    () => {
        "(cardinality($1::text[]) = 0 or exists (select 1 from idp.email_addresses e
              where e.user_id = u.id and lower(e.address) = any($1)))
         and (cardinality($2::text[]) = 0 or u.external_id = any($2))
         and (cardinality($3::text[]) = 0 or lower(u.username) = any($3))
         and (cardinality($4::text[]) = 0 or u.id = any($4))
         and u.id <> all($5)
         and (cardinality($6::text[]) = 0 or exists (select 1 from idp.memberships m
              where m.user_id = u.id and m.organization_id = any($6)))
         and not exists (select 1 from idp.memberships m
              where m.user_id = u.id and m.organization_id = any($7))
         and ($8 = '' or u.id = $8
              or strpos(lower(concat_ws(' ', u.first_name, u.last_name)), lower($8)) > 0
              or strpos(lower(u.username), lower($8)) > 0
              or exists (select 1 from idp.email_addresses e
                   where e.user_id = u.id and strpos(lower(e.address), lower($8)) > 0))
         and ($9 = '' or exists (select 1 from idp.email_addresses e
              where e.user_id = u.id and strpos(lower(e.address), lower($9)) > 0))
         and ($10 = '' or strpos(lower(u.username), lower($10)) > 0)
         and ($11 = '' or strpos(lower(concat_ws(' ', u.first_name, u.last_name)), lower($11)) > 0)
         and ($12::bool is null or u.banned = $12)
         and ($13::timestamptz is null or u.created_at >= $13)
         and ($14::timestamptz is null or u.created_at < $14)
         and ($15::timestamptz is null or u.last_active_at >= $15)
         and ($16::timestamptz is null or u.last_active_at < $16)
         and ($17::timestamptz is null or u.last_sign_in_at >= $17)
         and ($18::timestamptz is null or u.last_sign_in_at < $18)"
    };
}

sql! {
    /// Ids of matching users. `$19` names the key, `$20` whether it runs down, `$21` is empty or
    /// the user after whom, by time of creation, the list begins.
    SEARCH_USERS(TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY,
        TEXT, TEXT, TEXT, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ, TIMESTAMPTZ, TEXT, BOOL, TEXT, INT8, INT8) = concat!("
        select u.id
        from idp.users u
        left join idp.email_addresses p on p.id = u.primary_email_address_id
        cross join lateral (select
            case $19 when 'created_at' then u.created_at when 'updated_at' then u.updated_at
                when 'last_active_at' then u.last_active_at
                when 'last_sign_in_at' then u.last_sign_in_at end as at,
            lower(case $19 when 'email_address' then p.address when 'first_name' then u.first_name
                when 'last_name' then u.last_name when 'username' then u.username end) as name
        ) k
        where ", matching!(), "
          and ($21 = '' or exists (select 1 from idp.users c where c.id = $21
                and ((u.created_at = c.created_at and u.id > c.id)
                  or case when $20 then u.created_at < c.created_at
                     else u.created_at > c.created_at end)))
        order by case when $20 then k.at end desc nulls last,
                 case when not $20 then k.at end nulls last,
                 case when $20 then k.name end desc nulls last,
                 case when not $20 then k.name end nulls last,
                 u.id
        limit $22 offset $23");
    /// How many users match.
    COUNT_USERS(TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY,
        TEXT, TEXT, TEXT, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ, TIMESTAMPTZ) =
        concat!("select count(*) from idp.users u where ", matching!());
}

impl UserFilter {
    fn params(&self) -> [&(dyn ToSql + Sync); 18] {
        [
            &self.email_addresses,
            &self.external_ids,
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
        ]
    }

    /// The same with its exact names in the form in which they are compared.
    fn folded(&self) -> Self {
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
