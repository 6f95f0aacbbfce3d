//! The keys of one moment: which sign, and which are published, by the clock alone.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::pair::Pair;
use crate::error::{Error, Result};
use crate::store::keys::SigningKey;

/// What a key is for at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, and signs later.
    Next,
    /// Signs.
    Signing,
    /// Signs no more; what it signed may still be valid.
    Retired,
}

/// One key, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its name in tokens and the key set.
    pub kid: String,
    /// What it is for now.
    pub state: KeyState,
    /// Since when it is published.
    pub created_at: Timestamp,
    /// From when it signs.
    pub signs_from: Timestamp,
    /// When its successor takes over.
    pub retired_at: Option<Timestamp>,
}

struct Entry {
    row: SigningKey,
    pair: Pair,
    jwk: Value,
}

/// All keys that are stored.
pub(super) struct Ring {
    entries: Vec<Arc<Entry>>,
}

impl Ring {
    /// Reads rows; takes over the keys of `before` that have not changed, since reading one costs
    /// a tenth of a millisecond.
    pub(super) fn read(rows: Vec<SigningKey>, before: Option<&Self>) -> Result<Self> {
        let known = |row: &SigningKey| {
            let entries = &before?.entries;
            entries.iter().find(|entry| entry.row == *row).cloned()
        };
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let entry = match known(&row) {
                Some(entry) => entry,
                None => {
                    let pair = Pair::from_pem(&row.private_pem)?;
                    let jwk = pair.public_jwk(&row.kid);
                    Arc::new(Entry { row, pair, jwk })
                }
            };
            entries.push(entry);
        }
        Ok(Self { entries })
    }

    /// The key that signs: of those whose time has come, the latest. Where none has, because
    /// another machine made the only one and its clock is ahead, the first.
    fn signing(&self, now: Timestamp) -> Option<&Entry> {
        let all = || self.entries.iter().map(Arc::as_ref);
        all()
            .filter(|entry| entry.row.signs_from <= now)
            .max_by_key(|entry| entry.row.signs_from)
            .or_else(|| all().min_by_key(|entry| entry.row.signs_from))
    }

    pub(super) fn kid(&self, now: Timestamp) -> Result<&str> {
        Ok(&self.signer(now)?.row.kid)
    }

    fn signer(&self, now: Timestamp) -> Result<&Entry> {
        self.signing(now)
            .ok_or_else(|| Error::Internal("no signing key is in use".to_owned()))
    }

    /// Signs with the key of this moment; `content` is given the key's name.
    pub(super) fn sign(
        &self,
        now: Timestamp,
        content: impl FnOnce(&str) -> String,
    ) -> Result<String> {
        let entry = self.signer(now)?;
        let mut token = content(&entry.row.kid);
        let signature = entry.pair.sign(token.as_bytes())?;
        token.push('.');
        token.push_str(&signature);
        Ok(token)
    }

    /// The public halves as a JSON Web Key Set.
    pub(super) fn set(&self) -> Value {
        let keys: Vec<&Value> = self.entries.iter().map(|entry| &entry.jwk).collect();
        json!({ "keys": keys })
    }

    /// All keys, the newest first.
    pub(super) fn list(&self, now: Timestamp) -> Vec<KeyInfo> {
        let signing = self.signing(now).map(|entry| entry.row.kid.as_str());
        let mut keys: Vec<KeyInfo> = self
            .entries
            .iter()
            .map(|entry| {
                let row = &entry.row;
                let state = if signing == Some(row.kid.as_str()) {
                    KeyState::Signing
                } else if row.signs_from > now {
                    KeyState::Next
                } else {
                    KeyState::Retired
                };
                KeyInfo {
                    kid: row.kid.clone(),
                    state,
                    created_at: row.created_at,
                    signs_from: row.signs_from,
                    retired_at: row.retired_at,
                }
            })
            .collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key.signs_from));
        keys
    }
}
