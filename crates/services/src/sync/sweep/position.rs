//! Where a sweep stands: what a page leads to, and what was counted so far.

use std::collections::BTreeMap;

use bailiwick_clerk::api::ListPage;
use serde::{Deserialize, Serialize};

use super::compare::{Difference, Differs};
use super::thing::Kind;

/// How often a kind's list is gone back in, because what stood before was deleted meanwhile.
const BACK_MAX: u32 = 16;

/// What a sweep does next. Parents come before what refers to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Phase {
    /// Pages of the provider's list.
    List(Kind),
    /// What is here and was on no page.
    Left(Kind),
    /// Nothing.
    Over,
}

impl Phase {
    pub fn next(self) -> Self {
        match self {
            Self::List(kind) => Self::Left(kind),
            Self::Left(Kind::User) => Self::List(Kind::Organization),
            Self::Left(Kind::Organization) => Self::List(Kind::Membership),
            Self::Left(Kind::Membership) => Self::List(Kind::Invitation),
            Self::Left(Kind::Invitation) | Self::Over => Self::Over,
        }
    }
}

/// Where a sweep stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Position {
    pub phase: Phase,
    /// Pages so far, of all kinds.
    pub pages: i64,
    /// Where the next page of the list begins.
    pub offset: u64,
    /// What must stand first on it, if nothing before was deleted.
    pub last: Option<String>,
    /// How often this list was gone back in.
    pub back: u32,
    /// The last of what was left, behind which it goes on.
    pub after: String,
}

/// What a page is good for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// Everything from here on is new.
    From(usize),
    /// What stood before has moved, so something may have been skipped: the page before is asked
    /// for again.
    Back,
}

impl Position {
    pub fn start() -> Self {
        Self {
            phase: Phase::List(Kind::User),
            pages: 0,
            offset: 0,
            last: None,
            back: 0,
            after: String::new(),
        }
    }

    pub fn page(&self, limit: u32) -> ListPage {
        ListPage {
            limit,
            offset: self.offset,
        }
    }

    /// Holds a page against where the last one ended.
    pub fn fit(&self, keys: &[String]) -> Fit {
        let Some(last) = &self.last else {
            return Fit::From(0);
        };
        match keys.iter().position(|key| key == last) {
            Some(at) => Fit::From(at + 1),
            None if self.back < BACK_MAX => Fit::Back,
            None => Fit::From(0),
        }
    }

    /// Goes back by a page.
    pub fn go_back(&mut self, limit: u32) {
        self.offset = self.offset.saturating_sub(limit.into());
        self.last = None;
        self.back += 1;
    }

    /// Goes on behind a page. Where it was not full, the list is at its end.
    pub fn go_on(&mut self, keys: &[String], limit: u32) {
        self.pages += 1;
        if keys.len() < limit as usize {
            self.enter(self.phase.next());
        } else {
            self.offset += u64::try_from(keys.len()).unwrap_or(u64::MAX) - 1;
            self.last = keys.last().cloned();
        }
    }

    pub fn enter(&mut self, phase: Phase) {
        *self = Self {
            phase,
            pages: self.pages,
            ..Self::start()
        };
    }
}

/// What a sweep met and found, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// How much the provider listed: `user` → 12.
    pub met: BTreeMap<String, u64>,
    /// How much differed, and how: `user` → `missing` → 3.
    pub found: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Counts {
    pub(super) fn meet(&mut self, kind: Kind, n: usize) {
        let met = self.met.entry(kind.as_str().to_owned()).or_default();
        *met += u64::try_from(n).unwrap_or(u64::MAX);
    }

    pub(super) fn find(&mut self, difference: &Difference) {
        let of_kind = self.found.entry(difference.kind.as_str().to_owned());
        let how = difference.differs.as_str().to_owned();
        *of_kind.or_default().entry(how).or_default() += 1;
    }

    /// How much differed.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.found.values().flat_map(BTreeMap::values).sum()
    }

    /// How much differed like this.
    #[must_use]
    pub fn of(&self, kind: Kind, differs: Differs) -> u64 {
        let of_kind = self.found.get(kind.as_str());
        let count = of_kind.and_then(|of_kind| of_kind.get(differs.as_str()));
        count.copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn pages_overlap_by_one_and_a_gap_is_gone_back_for() {
        let mut at = Position::start();
        assert_eq!(at.fit(&keys(&["a", "b", "c"])), Fit::From(0));
        at.go_on(&keys(&["a", "b", "c"]), 3);
        assert_eq!((at.offset, at.last.as_deref()), (2, Some("c")));
        assert_eq!(at.fit(&keys(&["c", "d", "e"])), Fit::From(1));
        // Something was put in before, or taken out.
        assert_eq!(at.fit(&keys(&["b", "c", "d"])), Fit::From(2));
        assert_eq!(at.fit(&keys(&["d", "e", "f"])), Fit::Back);
        at.go_back(3);
        assert_eq!((at.offset, at.fit(&keys(&["b"]))), (0, Fit::From(0)));
        at.back = BACK_MAX;
        at.last = Some("x".to_owned());
        assert_eq!(at.fit(&keys(&["b"])), Fit::From(0), "not for ever");
        at.go_on(&keys(&["b"]), 3);
        assert_eq!(
            (at.phase, at.offset, at.pages),
            (Phase::Left(Kind::User), 0, 2)
        );
    }

    #[test]
    fn every_kind_is_listed_and_then_looked_for() {
        let mut phases = vec![Phase::List(Kind::User)];
        while phases[phases.len() - 1] != Phase::Over {
            phases.push(phases[phases.len() - 1].next());
        }
        let kinds = [
            Kind::User,
            Kind::Organization,
            Kind::Membership,
            Kind::Invitation,
        ];
        let of = |kind| [Phase::List(kind), Phase::Left(kind)];
        let mut expected: Vec<Phase> = kinds.into_iter().flat_map(of).collect();
        expected.push(Phase::Over);
        assert_eq!(phases, expected);
        let json = serde_json::to_value(&phases).unwrap();
        assert_eq!(serde_json::from_value::<Vec<Phase>>(json).unwrap(), phases);
    }
}
