//! Users together with their addresses.

use std::collections::HashMap;

use bailiwick_pg::Tx;

use crate::error::{Refusal, Result};
use crate::model::user::Person;
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
                },
            )
        })
        .collect();
    for email in emails::list(tx, ids).await? {
        if let Some(person) = people.get_mut(&email.user_id) {
            person.emails.push(email);
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
    let Some(user) = users::find_locked(tx, id).await? else {
        return Ok(None);
    };
    let emails = emails::list(tx, &[id.to_owned()]).await?;
    Ok(Some(Person { user, emails }))
}

/// The person with that user id, locked until the transaction's end; 404 where there is none.
pub async fn get_locked(tx: &mut Tx, id: &str) -> Result<Person> {
    Ok(find_locked(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?)
}
