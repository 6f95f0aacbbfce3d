//! What people were told, and what they had asked for when the machine died.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use rand::rngs::StdRng;
use rand::{RngCore as _, SeedableRng as _};

use crate::browser::Browser;

/// A session token lives for a minute; one is used for so long.
const TOKEN_USE: Duration = Duration::from_secs(40);

/// Where something stands. `Wanted` and `Unwanted` mean that a request is in flight or was when
/// the machine died: it may have happened or not, and asking again must end the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Wanted,
    There,
    Unwanted,
    Gone,
}

/// Somebody who signed up, or tried to.
#[derive(Debug)]
pub struct Person {
    pub email: String,
    pub password: String,
    pub stage: Stage,
    /// Whether the last step of the sign-up had been sent before.
    pub tried: bool,
    pub user_id: String,
    /// The first name that was acknowledged, and the one that was asked for.
    pub name: String,
    pub wanted_name: Option<String>,
    pub browser: Browser,
    pub orgs: Vec<Org>,
    /// Whether anything happened since the last check.
    pub warm: bool,
}

/// An organization of theirs.
#[derive(Debug)]
pub struct Org {
    pub name: String,
    pub stage: Stage,
    pub tried: bool,
    pub id: String,
    /// Its tenant has answered once, so it must for ever.
    pub opened: bool,
    pub token: Option<(String, Instant)>,
    pub projects: Vec<Project>,
    pub guests: Vec<Guest>,
}

/// Another member, added through the Backend API.
#[derive(Debug)]
pub struct Guest {
    pub user_id: String,
    pub stage: Stage,
    pub tried: bool,
}

/// A project.
#[derive(Debug)]
pub struct Project {
    pub key: String,
    pub name: String,
    pub stage: Stage,
    pub tried: bool,
    pub id: String,
    pub documents: Vec<Document>,
}

/// Where a document stands between its wish and its presence.
#[derive(Debug, Clone)]
pub enum Way {
    /// To be announced.
    Announce,
    /// Announced; the bytes are to be sent so.
    Send {
        url: String,
        headers: BTreeMap<String, String>,
    },
    /// The bytes were taken.
    Confirm,
    /// At rest, or on its way out.
    Past(Stage),
}

/// A document.
#[derive(Debug)]
pub struct Document {
    pub key: String,
    pub name: String,
    pub seed: u64,
    pub size: usize,
    pub way: Way,
    /// Whether the step that `way` names was sent before.
    pub tried: bool,
    pub id: String,
}

impl Person {
    /// Somebody who is about to sign up.
    pub fn new(tag: &str) -> Self {
        Self {
            email: format!("{tag}@kills.example"),
            password: format!("walk the quay {tag}"),
            stage: Stage::Wanted,
            tried: false,
            user_id: String::new(),
            name: format!("N{tag}"),
            wanted_name: None,
            browser: Browser::default(),
            orgs: Vec::new(),
            warm: true,
        }
    }

    /// Requests of theirs whose answers are missing.
    pub fn in_flight(&self) -> usize {
        let mut count = usize::from(self.stage == Stage::Wanted && self.tried);
        count += usize::from(self.wanted_name.is_some());
        for org in &self.orgs {
            count += usize::from(org.stage == Stage::Wanted && org.tried);
            count += org.guests.iter().filter(|guest| guest.tried).count();
            for project in &org.projects {
                count += usize::from(project.tried);
                count += project.documents.iter().filter(|d| d.tried).count();
            }
        }
        count
    }
}

impl Org {
    /// One that is about to be made.
    pub fn new(name: String) -> Self {
        Self {
            name,
            stage: Stage::Wanted,
            tried: false,
            id: String::new(),
            opened: false,
            token: None,
            projects: Vec::new(),
            guests: Vec::new(),
        }
    }

    /// A token that still has time.
    pub fn fresh_token(&self) -> Option<String> {
        let (token, since) = self.token.as_ref()?;
        (since.elapsed() < TOKEN_USE).then(|| token.clone())
    }
}

impl Guest {
    /// One that is about to come.
    pub fn new(user_id: String) -> Self {
        Self {
            user_id,
            stage: Stage::Wanted,
            tried: false,
        }
    }
}

impl Project {
    /// One that is about to be made.
    pub fn new(name: String) -> Self {
        Self {
            key: format!("key-{name}"),
            name,
            stage: Stage::Wanted,
            tried: false,
            id: String::new(),
            documents: Vec::new(),
        }
    }
}

impl Document {
    /// One that is about to be announced; its bytes follow from the seed.
    pub fn new(name: String, seed: u64, size: usize) -> Self {
        Self {
            key: format!("key-{name}"),
            name,
            seed,
            size,
            way: Way::Announce,
            tried: false,
            id: String::new(),
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.size];
        StdRng::seed_from_u64(self.seed).fill_bytes(&mut bytes);
        bytes
    }

    /// Their checksum, in hexadecimal.
    pub fn sha256(&self) -> String {
        hex::encode(digest::digest(&digest::SHA256, &self.bytes()))
    }

    /// Whether it was confirmed and nobody wants it gone.
    pub fn is_there(&self) -> bool {
        matches!(self.way, Way::Past(Stage::There))
    }

    /// Whether its deletion was acknowledged.
    pub fn is_gone(&self) -> bool {
        matches!(self.way, Way::Past(Stage::Gone))
    }
}
