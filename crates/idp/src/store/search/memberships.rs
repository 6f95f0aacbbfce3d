//! Searching memberships.

use bailiwick_pg::{Tx, sql};

use super::super::{Page, memberships};
use super::{Among, Order, arrange, ids};
use crate::error::Result;

/// What memberships are looked for. Filters that say nothing hold for all.
#[derive(Clone, Debug, Default)]
pub struct MembershipFilter {
    /// In this organization.
    pub organization_id: Option<String>,
    /// Of these users.
    pub users: Among,
    /// With one of these roles.
    pub roles: Vec<String>,
    /// Of somebody with one of these addresses, whatever the case of its letters.
    pub email_addresses: Vec<String>,
    /// Part of the user's address, name or username, or the user's id.
    pub query: String,
}

/// What memberships can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipKey {
    /// When the user joined.
    CreatedAt,
    /// The user's primary address.
    EmailAddress,
    /// The user's given name.
    FirstName,
    /// The user's family name.
    LastName,
    /// The user's username.
    Username,
}

impl MembershipKey {
    /// Reads the protocol's name of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "created_at" => Self::CreatedAt,
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
            Self::EmailAddress => "email_address",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Username => "username",
        }
    }
}

/// The condition that both statements share; its parameters are `$1` to `$6`.
macro_rules! matching {
    () => {
        "($1::text is null or m.organization_id = $1)
         and (cardinality($2::text[]) = 0 or m.user_id = any($2))
         and m.user_id <> all($3)
         and (cardinality($4::text[]) = 0 or m.role = any($4))
         and (cardinality($5::text[]) = 0 or exists (select 1 from idp.email_addresses e
              where e.user_id = m.user_id and lower(e.address) = any($5)))
         and ($6 = '' or m.user_id = $6
              or strpos(lower(concat_ws(' ', u.first_name, u.last_name)), lower($6)) > 0
              or strpos(lower(u.username), lower($6)) > 0
              or exists (select 1 from idp.email_addresses e
                   where e.user_id = m.user_id and strpos(lower(e.address), lower($6)) > 0))"
    };
}

sql! {
    /// Ids of matching memberships. `$7` names the key, `$8` whether it runs down.
    SEARCH_MEMBERSHIPS(TEXT, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT, TEXT, BOOL, INT8,
        INT8) = concat!("
        select m.id
        from idp.memberships m
        join idp.users u on u.id = m.user_id
        left join idp.email_addresses p on p.id = u.primary_email_address_id
        cross join lateral (select
            case $7 when 'created_at' then m.created_at end as at,
            lower(case $7 when 'email_address' then p.address when 'first_name' then u.first_name
                when 'last_name' then u.last_name when 'username' then u.username end) as name
        ) k
        where ", matching!(), "
        order by case when $8 then k.at end desc nulls last,
                 case when not $8 then k.at end nulls last,
                 case when $8 then k.name end desc nulls last,
                 case when not $8 then k.name end nulls last,
                 m.id
        limit $9 offset $10");
    /// How many memberships match.
    COUNT_MEMBERSHIPS(TEXT, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT) = concat!("
        select count(*) from idp.memberships m join idp.users u on u.id = m.user_id
        where ", matching!());
}

/// A page of the memberships that match, and how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    filter: &MembershipFilter,
    order: Order<MembershipKey>,
    page: Page,
) -> Result<(Vec<memberships::Membership>, i64)> {
    let MembershipFilter {
        organization_id,
        users,
        roles,
        query,
        ..
    } = filter;
    let emails: Vec<String> = filter
        .email_addresses
        .iter()
        .map(|address| address.to_lowercase())
        .collect();
    let key = order.key.name();
    let rows = tx
        .query(
            &SEARCH_MEMBERSHIPS,
            &[
                organization_id,
                &users.of,
                &users.not,
                roles,
                &emails,
                query,
                &key,
                &order.descending,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(
            &COUNT_MEMBERSHIPS,
            &[
                organization_id,
                &users.of,
                &users.not,
                roles,
                &emails,
                query,
            ],
        )
        .await?;
    let ids = ids(&rows);
    let found = memberships::load(tx, &ids).await?;
    Ok((
        arrange(found, &ids, |membership| &membership.id),
        count.get(0),
    ))
}
