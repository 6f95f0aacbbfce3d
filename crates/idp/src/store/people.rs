//! Users together with everything that their resource shows, in one statement.
//!
//! What belongs to a user comes as JSON beside the user's own columns: one round trip,
//! however much there is to tell.

use bailiwick_pg::{Json, Row, Tx, sql};
use serde::de::DeserializeOwned;

use super::emails::emails_json;
use super::external_accounts::external_accounts_json;
use super::factors::factors_json;
use super::memberships::{LIST_BY_USER, MAX_PER_USER, Membership};
use super::phones::phones_json;
use super::users::{User, user_columns};
use crate::error::{Error, Result};
use crate::model::user::Person;

macro_rules! person_select {
    () => {
        concat!(
            "select ",
            user_columns!(),
            ", ",
            emails_json!(),
            " as emails, ",
            phones_json!(),
            " as phones, ",
            external_accounts_json!(),
            " as external_accounts, ",
            factors_json!(),
            " as factors from idp.users u "
        )
    };
}

sql! {
    /// People by user id, in the order of creation.
    LOAD_PEOPLE(TEXT_ARRAY) = concat!(person_select!(), "where u.id = any($1) order by u.created_at, u.id");
    /// One person. A list of one would do; but what a list costs depends on its length, so
    /// PostgreSQL plans it anew each time, and that takes five times as long as the answer.
    FIND_PERSON(TEXT) = concat!(person_select!(), "where u.id = $1");
}

/// The person of that id with their memberships, oldest first; `None` for an unknown id. Where
/// the transaction has not begun it has not by this.
pub async fn glance(tx: &mut Tx, id: &str) -> Result<Option<(Person, Vec<Membership>)>> {
    let [people, memberships] = tx
        .glance([
            (&FIND_PERSON, &[&id]),
            (&LIST_BY_USER, &[&id, &MAX_PER_USER, &0_i64]),
        ])
        .await?;
    let person = people.first().map(read).transpose()?;
    Ok(person.map(|person| (person, memberships.iter().map(Membership::read).collect())))
}

/// People by user id, in the order of creation; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Person>> {
    let rows = match ids {
        [] => return Ok(Vec::new()),
        [id] => tx.query(&FIND_PERSON, &[id]).await?,
        ids => tx.query(&LOAD_PEOPLE, &[&ids]).await?,
    };
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Person> {
    Ok(Person {
        user: User::read(row),
        emails: part(row, "emails")?,
        phones: part(row, "phones")?,
        external_accounts: part(row, "external_accounts")?,
        factors: part(row, "factors")?,
    })
}

/// Reads a JSON column.
fn part<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    row.try_get(column)
        .map(|Json(value)| value)
        .map_err(|error| Error::Internal(format!("{column} of a user: {error}")))
}
