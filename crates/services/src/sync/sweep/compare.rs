//! One thing of the provider against what is here: told apart, and brought to the same.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::thing::{Here, Kind, Thing};
use crate::sync::{self, Outcome, Word};
use crate::{App, Result};

/// What changed here so lately may not have reached the provider yet, nor has what is still on its
/// way there: only what is newer there counts over it.
const SETTLING: SignedDuration = SignedDuration::from_mins(10);

/// How a thing differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Differs {
    /// It is at the provider and not here.
    Missing,
    /// It is in both places and not the same.
    Changed,
    /// It is here and not at the provider.
    Extra,
    /// It is at the provider and was deleted here, for good. Nothing is done about it.
    DeletedHere,
    /// It changed here a moment ago, or is still to change there, and the provider says something
    /// older. It is left alone.
    Settling,
    /// It could not be brought to the same; the log says why.
    Failed,
}

impl Differs {
    /// As people read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Extra => "extra",
            Self::DeletedHere => "deletedHere",
            Self::Settling => "settling",
            Self::Failed => "failed",
        }
    }

    /// Whether it is repaired where it is found.
    #[must_use]
    pub fn is_repaired(self) -> bool {
        matches!(self, Self::Missing | Self::Changed | Self::Extra)
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of what.
    pub kind: Kind,
    /// The provider's id; of a membership the organization's and the user's, with a colon between.
    pub key: String,
    /// How it differs.
    pub differs: Differs,
    /// In what, where it is in both places.
    pub members: Vec<&'static str>,
}

/// Whether what differs is brought to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Repair,
    Look,
}

/// Compares a thing with what was here before the provider was asked, and repairs it.
pub(crate) async fn compare<T: Thing>(
    app: &App,
    thing: &T,
    here: Option<&Here<T::Row>>,
    mode: Mode,
) -> Result<Option<Difference>> {
    match settle(app, thing, here, mode).await {
        Err(error) if !error.is_transient() => {
            let (kind, key) = (T::KIND.as_str(), thing.key());
            tracing::error!(%error, kind, key, "a difference could not be repaired");
            Ok(Some(difference::<T>(key, Differs::Failed, Vec::new())))
        }
        settled => settled,
    }
}

async fn settle<T: Thing>(
    app: &App,
    thing: &T,
    here: Option<&Here<T::Row>>,
    mode: Mode,
) -> Result<Option<Difference>> {
    let Some((differs, members)) = tell_apart(thing, here) else {
        return Ok(None);
    };
    if differs == Differs::DeletedHere {
        return Ok(Some(difference::<T>(thing.key(), differs, members)));
    }
    let at = |thing: &T| thing.updated_at().unwrap_or_else(|| app.env().now());
    let is_newer = |thing: &T| here.is_none_or(|here| at(thing) > here.at);
    if is_newer(thing) {
        return repair(app, thing, (differs, members), Word::asked(at(thing)), mode).await;
    }
    // The times do not say who is right, and a page may be older than what came meanwhile. So the
    // thing is asked for alone: that answer is newer than what was here before.
    let Some(thing) = T::get(app, &thing.key()).await? else {
        return Ok(None);
    };
    let Some((differs, members)) = tell_apart(&thing, here) else {
        return Ok(None);
    };
    let Some(here) = here.filter(|_| !is_newer(&thing)) else {
        let word = Word::asked(at(&thing));
        return repair(app, &thing, (differs, members), word, mode).await;
    };
    let is_recent = here.at > app.env().now() - SETTLING;
    if is_recent || T::is_on_its_way(app, &thing.key()).await? {
        return Ok(Some(difference::<T>(
            thing.key(),
            Differs::Settling,
            members,
        )));
    }
    let word = Word::compared(at(&thing), here.at);
    repair(app, &thing, (differs, members), word, mode).await
}

/// How the two differ; none where they do not.
fn tell_apart<T: Thing>(
    thing: &T,
    here: Option<&Here<T::Row>>,
) -> Option<(Differs, Vec<&'static str>)> {
    let Some(here) = here else {
        return Some((Differs::Missing, Vec::new()));
    };
    if here.is_final {
        return Some((Differs::DeletedHere, Vec::new()));
    }
    let Some(row) = &here.row else {
        return Some((Differs::Missing, Vec::new()));
    };
    let mut members = thing.differences(row);
    // What is older here would let something between the two times count.
    if thing.updated_at().is_some_and(|at| at > here.at) {
        members.push("time");
    }
    (!members.is_empty()).then_some((Differs::Changed, members))
}

async fn repair<T: Thing>(
    app: &App,
    thing: &T,
    (differs, members): (Differs, Vec<&'static str>),
    word: Word,
    mode: Mode,
) -> Result<Option<Difference>> {
    let found = difference::<T>(thing.key(), differs, members);
    if mode == Mode::Look {
        return Ok(Some(found));
    }
    // A membership may miss its user and its organization.
    for _ in 0..3 {
        match thing.apply(app, word).await? {
            Outcome::Done => return Ok(Some(found)),
            // Somebody else was faster, or it is gone meanwhile.
            Outcome::Stale => return Ok(None),
            Outcome::Missing(parent) => sync::fetch::parent(app, &parent).await?,
        }
    }
    Err(crate::Error::Inconsistent(format!(
        "{} {} misses its parents again and again",
        T::KIND.as_str(),
        found.key
    )))
}

/// Ends what the provider has no more, where it is still what it was.
pub(crate) async fn end<T: Thing>(
    app: &App,
    key: &str,
    seen: Timestamp,
    asked_at: Timestamp,
    mode: Mode,
) -> Result<Option<Difference>> {
    let found = difference::<T>(key.to_owned(), Differs::Extra, Vec::new());
    if mode == Mode::Look {
        return Ok(Some(found));
    }
    let word = Word::compared(asked_at.max(seen), seen);
    match T::end(app, key, word).await {
        Ok(Outcome::Done) => Ok(Some(found)),
        Ok(_) => Ok(None),
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            let kind = T::KIND.as_str();
            tracing::error!(%error, kind, key, "a difference could not be repaired");
            let failed = difference::<T>(key.to_owned(), Differs::Failed, Vec::new());
            Ok(Some(failed))
        }
    }
}

fn difference<T: Thing>(key: String, differs: Differs, members: Vec<&'static str>) -> Difference {
    Difference {
        kind: T::KIND,
        key,
        differs,
        members,
    }
}
