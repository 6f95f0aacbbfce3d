//! Lists as servers ask for them: filtered, ordered, a page at a time.
//!
//! Each search finds ids; the rows are read by the module of their table.

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
