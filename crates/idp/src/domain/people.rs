//! Users together with their addresses.

use std::collections::HashMap;

use bailiwick_pg::Tx;

use crate::error::{Refusal, Result};
use crate::model::user::Person;
use crate::store::factors::{self, Factors};
use crate::store::{emails, users};

/// People by user id. Unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<HashMap<String, Person>> {
    let mut people: HashMap<String, Person> = users::load(tx, ids)
        .await?
        .into_iter()
        .map(|user| {
            (
                user.id.clone(),
                Person {
                    user,
                    emails: Vec::new(),
                    factors: Factors::default(),
                },
            )
        })
        .collect();
    for email in emails::list(tx, ids).await? {
        if let Some(person) = people.get_mut(&email.user_id) {
            person.emails.push(email);
        }
    }
    for (id, loaded) in factors::load(tx, ids).await? {
        if let Some(person) = people.get_mut(&id) {
            person.factors = loaded;
        }
    }
    Ok(people)
}

/// The person with that user id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Person>> {
    Ok(load(tx, &[id.to_owned()]).await?.remove(id))
}

/// The person with that user id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Person>> {
    if users::find_locked(tx, id).await?.is_none() {
        return Ok(None);
    }
    find(tx, id).await
}

/// The person with that user id, locked until the transaction's end; 404 where there is none.
pub async fn get_locked(tx: &mut Tx, id: &str) -> Result<Person> {
    Ok(find_locked(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?)
}
