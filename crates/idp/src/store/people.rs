//! Users together with everything that their resource shows, in one statement.
//!
//! What belongs to a user comes as JSON beside the user's own columns: one round trip,
//! however much there is to tell.

use bailiwick_pg::{Row, Tx, sql};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::emails::emails_json;
use super::external_accounts::external_accounts_json;
use super::factors::factors_json;
use super::phones::phones_json;
use super::users::{User, user_columns};
use crate::error::{Error, Result};
use crate::model::user::Person;

sql! {
    /// People by user id, in the order of creation.
    LOAD_PEOPLE(TEXT_ARRAY) = concat!("select ", user_columns!(), ", ",
        emails_json!(), " as emails, ",
        phones_json!(), " as phones, ",
        external_accounts_json!(), " as external_accounts, ",
        factors_json!(), " as factors
        from idp.users u where u.id = any($1) order by u.created_at, u.id");
}

/// People by user id, in the order of creation; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Person>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&LOAD_PEOPLE, &[&ids]).await?;
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
    let value: Value = row.get(column);
    serde_json::from_value(value)
        .map_err(|error| Error::Internal(format!("{column} of a user: {error}")))
}
