//! Searching memberships.

use bailiwick_pg::{ToSql, Tx, sql};

use super::super::{Page, memberships};
use super::users::UserFilter;
use super::{Order, arrange, ids};
use crate::error::Result;

/// What memberships are looked for. Filters that say nothing hold for all.
#[derive(Clone, Debug, Default)]
pub struct MembershipFilter {
    /// In this organization.
    pub organization_id: Option<String>,
    /// With one of these roles.
    pub roles: Vec<String>,
    /// Of such users.
    pub users: UserFilter,
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
    /// The user's primary number.
    PhoneNumber,
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
            "phone_number" => Self::PhoneNumber,
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
            Self::PhoneNumber => "phone_number",
        }
    }
}

sql! {
    /// Ids of matching memberships. `$24` is the organization, `$25` are the roles, `$26` names the
    /// key, `$27` whether it runs down.
    SEARCH_MEMBERSHIPS(TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY,
        TEXT_ARRAY, TEXT, TEXT, TEXT, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TEXT_ARRAY, TEXT, TEXT, TEXT_ARRAY, TEXT_ARRAY,
        TEXT, TEXT_ARRAY, TEXT, BOOL, INT8, INT8) = concat!("
        select s.id
        from idp.memberships s
        join idp.users u on u.id = s.user_id
        left join idp.email_addresses p on p.id = u.primary_email_address_id
        left join idp.phone_numbers n on n.id = u.primary_phone_number_id
        cross join lateral (select
            case $26 when 'created_at' then s.created_at end as at,
            lower(case $26 when 'email_address' then p.address when 'first_name' then u.first_name
                when 'last_name' then u.last_name when 'username' then u.username
                when 'phone_number' then n.number end) as name
        ) k
        where ", matching_users!(), "
          and ($24::text is null or s.organization_id = $24)
          and (cardinality($25::text[]) = 0 or s.role = any($25))
        order by case when $27 then k.at end desc nulls last,
                 case when not $27 then k.at end nulls last,
                 case when $27 then k.name end desc nulls last,
                 case when not $27 then k.name end nulls last,
                 s.id
        limit $28 offset $29");
    /// How many memberships match.
    COUNT_MEMBERSHIPS(TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY,
        TEXT_ARRAY, TEXT, TEXT, TEXT, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
        TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TEXT_ARRAY, TEXT, TEXT, TEXT_ARRAY, TEXT_ARRAY,
        TEXT, TEXT_ARRAY) = concat!("
        select count(*) from idp.memberships s join idp.users u on u.id = s.user_id
        where ", matching_users!(), "
          and ($24::text is null or s.organization_id = $24)
          and (cardinality($25::text[]) = 0 or s.role = any($25))");
}

/// A page of the memberships that match, and how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    filter: &MembershipFilter,
    order: Order<MembershipKey>,
    page: Page,
) -> Result<(Vec<memberships::Membership>, i64)> {
    let users = filter.users.folded();
    let key = order.key.name();
    let mut params = users.params().to_vec();
    params.extend([
        &filter.organization_id as &(dyn ToSql + Sync),
        &filter.roles,
    ]);
    let count = tx.query_one(&COUNT_MEMBERSHIPS, &params).await?;
    params.extend([
        &key as &(dyn ToSql + Sync),
        &order.descending,
        &page.limit,
        &page.offset,
    ]);
    let rows = tx.query(&SEARCH_MEMBERSHIPS, &params).await?;
    let ids = ids(&rows);
    let found = memberships::load(tx, &ids).await?;
    Ok((
        arrange(found, &ids, |membership| &membership.id),
        count.get(0),
    ))
}
