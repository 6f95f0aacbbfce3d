//! Names beside what people did: one batch look-up for a list, remembered for a short time.

use std::collections::HashMap;

use bailiwick_kernel::id::UserId;
use bailiwick_store::users::Person;

use crate::{App, Result};

/// Names of the people on one page.
#[derive(Debug, Default)]
pub struct People(HashMap<UserId, Person>);

impl People {
    /// The person, or an empty one where they are not known any more.
    #[must_use]
    pub fn get(&self, id: UserId) -> Person {
        self.0.get(&id).cloned().unwrap_or_default()
    }

    /// What to call them: the name, else the e-mail.
    #[must_use]
    pub fn name(&self, id: UserId) -> Option<String> {
        let person = self.0.get(&id)?;
        person.name.clone().or_else(|| person.email.clone())
    }
}

impl App {
    /// Names for ids.
    ///
    /// # Errors
    /// The database's.
    pub async fn people(&self, ids: impl IntoIterator<Item = UserId>) -> Result<People> {
        let cache = &self.inner().people;
        let mut people = People::default();
        let mut missing = Vec::new();
        for id in ids {
            if people.0.contains_key(&id) {
                continue;
            }
            match cache.get(&id.uuid()) {
                Some(person) => {
                    people.0.insert(id, person);
                }
                None if missing.contains(&id.uuid()) => {}
                None => missing.push(id.uuid()),
            }
        }
        if !missing.is_empty() {
            for (id, person) in self.store().people(&missing).await? {
                cache.insert(id, person.clone());
                people.0.insert(UserId::from(id), person);
            }
        }
        Ok(people)
    }
}
