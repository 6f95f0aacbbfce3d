//! What the provider has given out, in memory and bounded.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::flavor::Flavor;
use super::people::Face;

/// Most codes, tokens and remembered people of each kind.
const MAX: usize = 1000;
/// Most people who are offered again.
const FACES_MAX: usize = 6;

/// What somebody was granted.
#[derive(Clone, Debug)]
pub struct Grant {
    /// At whom.
    pub flavor: Flavor,
    /// Who.
    pub face: Face,
    /// What.
    pub scope: String,
    /// To be repeated in the id token.
    pub nonce: Option<String>,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// The challenge that the verifier must meet.
    pub challenge: String,
    /// Until when.
    pub until: Timestamp,
}

/// Codes, tokens, and people who were typed.
#[derive(Default)]
pub struct Store {
    codes: Shelf,
    access: Shelf,
    refresh: Shelf,
    typed: Mutex<VecDeque<Face>>,
}

/// Secrets and what they stand for; the oldest go first.
#[derive(Default)]
struct Shelf(Mutex<(HashMap<String, Grant>, VecDeque<String>)>);

impl Shelf {
    fn put(&self, secret: &str, grant: Grant) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (grants, order) = &mut *shelf;
        if order.len() >= MAX
            && let Some(oldest) = order.pop_front()
        {
            grants.remove(&oldest);
        }
        order.push_back(secret.to_owned());
        grants.insert(secret.to_owned(), grant);
    }

    fn take(&self, secret: &str) -> Option<Grant> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.0.remove(secret)
    }

    fn get(&self, secret: &str) -> Option<Grant> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.0.get(secret).cloned()
    }
}

impl Store {
    /// Keeps what a code stands for.
    pub fn put_code(&self, code: &str, grant: Grant) {
        self.codes.put(code, grant);
    }

    /// What a code stands for, once.
    pub fn take_code(&self, code: &str, now: Timestamp) -> Option<Grant> {
        self.codes.take(code).filter(|grant| grant.until > now)
    }

    /// Keeps what an access token stands for.
    pub fn put_access(&self, token: &str, grant: Grant) {
        self.access.put(token, grant);
    }

    /// What an access token stands for.
    pub fn access(&self, token: &str, now: Timestamp) -> Option<Grant> {
        self.access.get(token).filter(|grant| grant.until > now)
    }

    /// Keeps what a refresh token stands for.
    pub fn put_refresh(&self, token: &str, grant: Grant) {
        self.refresh.put(token, grant);
    }

    /// What a refresh token stands for.
    pub fn refresh(&self, token: &str) -> Option<Grant> {
        self.refresh.get(token)
    }

    /// Offers somebody who was typed the next time too.
    pub fn remember(&self, face: Face) {
        let mut typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed.retain(|known| !known.email.eq_ignore_ascii_case(&face.email));
        typed.push_front(face);
        typed.truncate(FACES_MAX);
    }

    /// People who were typed, the last one first.
    pub fn typed(&self) -> Vec<Face> {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed.iter().cloned().collect()
    }
}
