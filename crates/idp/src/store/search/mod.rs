//! Lists as servers ask for them: filtered, ordered, a page at a time.
//!
//! Each search finds ids; the rows are read by the module of their table.

/// The condition that lists of users and of memberships share, of a user `u`; its parameters are
/// those of `users::UserFilter`, `$1` to `$23`.
macro_rules! matching_users {
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
                   where e.user_id = u.id and strpos(lower(e.address), lower($8)) > 0)
              or exists (select 1 from idp.phone_numbers e
                   where e.user_id = u.id and strpos(e.number, $8) > 0))
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
         and ($18::timestamptz is null or u.last_sign_in_at < $18)
         and (cardinality($19::text[]) = 0 or exists (select 1 from idp.phone_numbers e
              where e.user_id = u.id and e.number = any($19)))
         and ($20 = '' or exists (select 1 from idp.phone_numbers e
              where e.user_id = u.id and strpos(e.number, $20) > 0))
         and ($21 = '' or exists (select 1 from idp.external_accounts e
              where e.user_id = u.id and e.provider = $21 and e.subject = any($22)
                and e.status = 'verified'))
         and (u.external_id is null or u.external_id <> all($23))"
    };
}

pub mod clients;
pub mod memberships;
pub mod organizations;
pub mod sessions;
pub mod users;

use bailiwick_pg::{Row, Statement};

/// Which way a list runs, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<K> {
    /// What is compared; rows without it come last, equal ones by id.
    pub key: K,
    /// The greatest first.
    pub descending: bool,
}

/// Ids of which one must hold, and ids of which none may.
#[derive(Clone, Debug, Default)]
pub struct Among {
    /// Empty: any.
    pub of: Vec<String>,
    /// Empty: none is excluded.
    pub not: Vec<String>,
}

impl Among {
    /// Reads `id`, `+id` and `-id`, as Clerk's filters write them.
    #[must_use]
    pub fn parse<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut among = Self::default();
        for value in values {
            match value.strip_prefix('-') {
                Some(id) => among.not.push(id.to_owned()),
                None => among
                    .of
                    .push(value.strip_prefix('+').unwrap_or(value).to_owned()),
            }
        }
        among
    }
}

fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// Puts rows that were read in any order into that of `ids`.
fn arrange<T>(mut rows: Vec<T>, ids: &[String], id: impl Fn(&T) -> &str) -> Vec<T> {
    let place = |row: &T| ids.iter().position(|wanted| wanted == id(row));
    rows.sort_by_cached_key(place);
    rows
}

/// Every statement of this module's files, for the test that prepares them all.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    [
        clients::STATEMENTS,
        memberships::STATEMENTS,
        organizations::STATEMENTS,
        sessions::STATEMENTS,
        users::STATEMENTS,
    ]
    .concat()
}
