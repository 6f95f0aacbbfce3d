//! Names beside what people did: one batch look-up for a list, remembered for a short time.

use std::collections::HashMap;

use bailiwick_kernel::id::UserId;
use bailiwick_store::users::Person;

use crate::{App, Result};

/// Names of the people on one page.
#[derive(Debug, Default)]
pub struct People {
    by_id: HashMap<UserId, Person>,
    by_clerk_id: HashMap<String, UserId>,
}

impl People {
    /// The person, or an empty one where they are not known any more.
    #[must_use]
    pub fn get(&self, id: UserId) -> Person {
        self.by_id.get(&id).cloned().unwrap_or_default()
    }

    /// What to call them: the name, else the e-mail.
    #[must_use]
    pub fn name(&self, id: UserId) -> Option<String> {
        let person = self.by_id.get(&id)?;
        person.name.clone().or_else(|| person.email.clone())
    }

    /// Who has this id at the provider, where that was asked for and they are known here.
    #[must_use]
    pub fn of_clerk_id(&self, clerk_user_id: &str) -> Option<UserId> {
        self.by_clerk_id.get(clerk_user_id).copied()
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
            if people.by_id.contains_key(&id) {
                continue;
            }
            match cache.get(&id.uuid()) {
                Some(person) => {
                    people.by_id.insert(id, person);
                }
                None if missing.contains(&id.uuid()) => {}
                None => missing.push(id.uuid()),
            }
        }
        if !missing.is_empty() {
            for (id, person) in self.store().people(&missing).await? {
                cache.insert(id, person.clone());
                people.by_id.insert(UserId::from(id), person);
            }
        }
        Ok(people)
    }

    /// Adds the people behind the provider's ids.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn add_by_clerk_id(
        &self,
        people: &mut People,
        clerk_user_ids: &[String],
    ) -> Result<()> {
        if clerk_user_ids.is_empty() {
            return Ok(());
        }
        let found = self.store().people_by_clerk_id(clerk_user_ids).await?;
        for (clerk_user_id, (id, person)) in found {
            people.by_id.insert(id.into(), person);
            people.by_clerk_id.insert(clerk_user_id, id.into());
        }
        Ok(())
    }
}
