//! Searching organizations.

use bailiwick_pg::{Tx, sql};

use super::super::{Page, organizations};
use super::{Among, Order, arrange, ids};
use crate::error::Result;

/// What organizations are looked for. Filters that say nothing hold for all.
#[derive(Clone, Debug, Default)]
pub struct OrganizationFilter {
    /// The id, or part of the name or slug.
    pub query: String,
    /// Organizations of these users.
    pub users: Among,
    /// Organizations by id.
    pub organizations: Among,
}

/// What organizations can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationKey {
    /// Time of creation.
    CreatedAt,
    /// Name.
    Name,
    /// Number of members.
    MembersCount,
}

impl OrganizationKey {
    /// Reads the protocol's name of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "created_at" => Self::CreatedAt,
            "name" => Self::Name,
            "members_count" => Self::MembersCount,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::Name => "name",
            Self::MembersCount => "members_count",
        }
    }
}

/// The condition that both statements share; its parameters are `$1` to `$5`.
macro_rules! matching {
    () => {
        "($1 = '' or o.id = $1 or strpos(lower(o.name), lower($1)) > 0
              or strpos(lower(o.slug), lower($1)) > 0)
         and (cardinality($2::text[]) = 0 or exists (select 1 from idp.memberships m
              where m.organization_id = o.id and m.user_id = any($2)))
         and not exists (select 1 from idp.memberships m
              where m.organization_id = o.id and m.user_id = any($3))
         and (cardinality($4::text[]) = 0 or o.id = any($4))
         and o.id <> all($5)"
    };
}

sql! {
    /// Ids of matching organizations. `$6` names the key, `$7` whether it runs down.
    SEARCH_ORGANIZATIONS(TEXT, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT, BOOL, INT8,
        INT8) = concat!("
        select o.id
        from idp.organizations o
        cross join lateral (select
            case $6 when 'created_at' then extract(epoch from o.created_at)
                when 'members_count' then (select count(*) from idp.memberships m
                    where m.organization_id = o.id) end as number,
            case $6 when 'name' then lower(o.name) end as name
        ) k
        where ", matching!(), "
        order by case when $7 then k.number end desc, case when not $7 then k.number end,
                 case when $7 then k.name end desc, case when not $7 then k.name end, o.id
        limit $8 offset $9");
    /// How many organizations match.
    COUNT_ORGANIZATIONS(TEXT, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY) =
        concat!("select count(*) from idp.organizations o where ", matching!());
}

/// A page of the organizations that match, and how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    filter: &OrganizationFilter,
    order: Order<OrganizationKey>,
    page: Page,
) -> Result<(Vec<organizations::Organization>, i64)> {
    let OrganizationFilter {
        query,
        users,
        organizations,
    } = filter;
    let (inside, outside) = (&organizations.of, &organizations.not);
    let key = order.key.name();
    let rows = tx
        .query(
            &SEARCH_ORGANIZATIONS,
            &[
                query,
                &users.of,
                &users.not,
                inside,
                outside,
                &key,
                &order.descending,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(
            &COUNT_ORGANIZATIONS,
            &[query, &users.of, &users.not, inside, outside],
        )
        .await?;
    let ids = ids(&rows);
    let found = organizations::load(tx, &ids).await?;
    Ok((
        arrange(found, &ids, |organization| &organization.id),
        count.get(0),
    ))
}
