//! The settings in force.

use std::sync::{Arc, PoisonError, RwLock};

use bailiwick_kernel::Env;
use bailiwick_pg::Pool;
use serde_json::Value;

use super::Settings;
use crate::error::{Error, Result};
use crate::store::settings as store;

/// The file's settings and what is in force: both at once, for readers without waiting.
pub struct Live(RwLock<State>);

#[derive(Clone)]
struct State {
    base: Arc<Settings>,
    current: Arc<Settings>,
}

impl Live {
    /// The file's settings with the stored changes on top.
    pub async fn load(pool: &Pool, base: Settings) -> Result<Self> {
        let current = merged(&base, &store::list(pool).await?)?;
        Ok(Self(RwLock::new(State {
            base: Arc::new(base),
            current: Arc::new(current),
        })))
    }

    fn read(&self) -> State {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn write(&self, state: State) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// What is in force.
    pub fn current(&self) -> Arc<Settings> {
        self.read().current
    }

    /// Takes a newly read file, and the changes that are stored now.
    pub async fn reload(&self, pool: &Pool, base: Settings) -> Result<()> {
        let current = merged(&base, &store::list(pool).await?)?;
        self.write(State {
            base: Arc::new(base),
            current: Arc::new(current),
        });
        Ok(())
    }

    /// Takes up the changes that are stored now, whoever stored them.
    pub async fn refresh(&self, pool: &Pool) -> Result<()> {
        let base = self.read().base;
        let current = merged(&base, &store::list(pool).await?)?;
        if *self.read().current != current {
            self.write(State {
                base,
                current: Arc::new(current),
            });
        }
        Ok(())
    }

    /// Stores `patch` on top of a section (a merge patch: objects are merged, anything else
    /// replaces) and puts it in force. Refused, and nothing stored, where the settings would no
    /// longer be readable.
    pub async fn change(&self, pool: &Pool, env: &Env, section: &str, patch: &Value) -> Result<()> {
        let mut tx = pool.begin().await?;
        let mut changes = store::list_locked(&mut tx).await?;
        merge(&mut changes[section], patch);
        let base = self.read().base;
        let current = merged(&base, &changes)?;
        store::save(&mut tx, section, &changes[section], crate::store::now(env)).await?;
        tx.commit().await?;
        self.write(State {
            base,
            current: Arc::new(current),
        });
        Ok(())
    }
}

fn merged(base: &Settings, changes: &Value) -> Result<Settings> {
    let unreadable =
        |error: serde_json::Error| Error::Internal(format!("the stored settings: {error}"));
    let mut value = serde_json::to_value(base).map_err(unreadable)?;
    merge(&mut value, changes);
    let settings: Settings = serde_json::from_value(value).map_err(unreadable)?;
    settings
        .check()
        .map_err(|error| Error::Internal(format!("the stored settings: {error}")))?;
    Ok(settings)
}

/// Merges objects; anything else replaces.
fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (Value::Object(fields), Value::Object(patch)) => {
            for (name, value) in patch {
                merge(fields.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, patch) => *into = patch.clone(),
    }
}
