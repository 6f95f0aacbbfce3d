//! The kinds of things that are compared: how each is listed, read, told apart and repaired.

use std::collections::HashMap;

use bailiwick_clerk::api::{ApiError, ListPage};
use bailiwick_store::mirror::Left;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::pace::Pace;
use crate::sync::{Outcome, Word};
use crate::{App, Result};

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// People.
    User,
    /// Organizations.
    Organization,
    /// Who belongs where.
    Membership,
    /// Who is invited.
    Invitation,
}

impl Kind {
    /// As the database and people name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => "organization",
            Self::Membership => "membership",
            Self::Invitation => "invitation",
        }
    }
}

/// What is here of a thing.
pub(crate) struct Here<R> {
    /// The provider's time of what is here, its tombstone included.
    pub at: Timestamp,
    /// Deleted for good: whatever the provider says, it stays so.
    pub is_final: bool,
    /// What is here; none where there is only a tombstone, or what ended.
    pub row: Option<R>,
}

/// A thing as the provider describes it.
pub(crate) trait Thing: Sized + Send + Sync {
    /// The same thing as the mirror has it.
    type Row: Send + Sync;
    const KIND: Kind;

    /// Its id; of a membership the organization's and the user's, of an invitation the
    /// organization's and its own, with a colon between.
    fn key(&self) -> String;

    /// When it was last changed, at the provider.
    fn updated_at(&self) -> Option<Timestamp>;

    /// In what the two differ, beside their times.
    fn differences(&self, row: &Self::Row) -> Vec<&'static str>;

    /// A page of all of them, the oldest first.
    fn page(app: &App, page: ListPage) -> impl Future<Output = Result<Vec<Self>>> + Send;

    /// What is here of them.
    fn here(
        app: &App,
        things: &[Self],
    ) -> impl Future<Output = Result<HashMap<String, Here<Self::Row>>>> + Send;

    /// Whether something was decided about the thing of that key and is not done at the provider
    /// yet.
    fn is_on_its_way(app: &App, key: &str) -> impl Future<Output = Result<bool>> + Send;

    /// Brings the mirror to it.
    fn apply(&self, app: &App, word: Word) -> impl Future<Output = Result<Outcome>> + Send;

    /// The thing of that key as the provider describes it now; none where it is gone.
    fn get(app: &App, key: &str) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// Asks the provider about things that no page had. None where it says that it has none.
    fn look_for(
        app: &App,
        pace: &Pace,
        left: Vec<Left>,
    ) -> impl Future<Output = Result<Vec<(Left, Option<Self>)>>> + Send {
        async move {
            let mut found = Vec::with_capacity(left.len());
            for left in left {
                pace.turn().await;
                let thing = Self::get(app, &left.key).await?;
                found.push((left, thing));
            }
            Ok(found)
        }
    }

    /// Ends what the provider has no more.
    fn end(app: &App, key: &str, word: Word) -> impl Future<Output = Result<Outcome>> + Send;
}

/// The names of those that are not the same.
pub(super) fn different(same: &[(&'static str, bool)]) -> Vec<&'static str> {
    let different = same.iter().filter(|(_, same)| !same);
    different.map(|(name, _)| *name).collect()
}

/// Turns the provider's own "no such resource" into none.
pub(crate) fn unless_gone<T>(answer: Result<T, ApiError>) -> Result<Option<T>> {
    match answer {
        Ok(thing) => Ok(Some(thing)),
        Err(error) if error.is_gone() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
