//! Users together with everything that is theirs.

use std::collections::HashMap;

use bailiwick_pg::Tx;

use crate::error::{Refusal, Result};
use crate::model::user::Person;
use crate::store::{people, users};

/// People by user id, in one round trip. Unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<HashMap<String, Person>> {
    let people = people::load(tx, ids).await?.into_iter();
    Ok(people
        .map(|person| (person.user.id.clone(), person))
        .collect())
}

/// The person with that user id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Person>> {
    Ok(people::load(tx, &[id.to_owned()]).await?.pop())
}

/// The person with that user id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Person>> {
    users::lock(tx, id).await?;
    find(tx, id).await
}

/// The person with that user id, locked until the transaction's end; 404 where there is none.
pub async fn get_locked(tx: &mut Tx, id: &str) -> Result<Person> {
    Ok(find_locked(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?)
}
