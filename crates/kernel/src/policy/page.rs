//! Pages and what may be done on them: the second way, beside permissions, to say who may do what.

use serde::{Deserialize, Serialize};

use super::permission::PermissionSet;

/// What may be done on a page. Any of them implies [`Action::View`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Open the page.
    View,
    /// Add something.
    Create,
    /// Change something.
    Edit,
    /// Remove something.
    Delete,
    /// Decide on what others ask for.
    Approve,
}

impl Action {
    /// All five, in the order of tables.
    pub const ALL: [Self; 5] = [
        Self::View,
        Self::Create,
        Self::Edit,
        Self::Delete,
        Self::Approve,
    ];

    /// The name in packs and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Approve => "approve",
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

/// A page of one pack, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub(super) u8);

impl PageId {
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of page × action, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PageSet([u64; 5]);

impl PageSet {
    /// How many pages one pack may have: the bits of a word.
    pub(super) const PAGES_MAX: usize = 64;

    /// Adds `action` on `page`, and the view that it implies.
    pub(super) fn insert(&mut self, page: PageId, action: Action) {
        for action in [action, Action::View] {
            if let Some(word) = self.0.get_mut(action.index()) {
                *word |= 1 << (u32::from(page.0) % 64);
            }
        }
    }

    /// Whether `action` on `page` is in it.
    #[inline]
    pub(super) fn contains(&self, page: PageId, action: Action) -> bool {
        let word = self.0.get(action.index()).copied().unwrap_or(0);
        word >> (u32::from(page.0) % 64) & 1 == 1
    }
}

/// What an action on a page gives to whoever was granted it.
#[derive(Clone, Copy)]
pub(super) struct Gives {
    /// Whether the page knows the action.
    pub offered: bool,
    /// Held everywhere in the organization.
    pub permissions: PermissionSet,
}

/// A page as the pack describes it.
pub(super) struct Page {
    pub key: String,
    pub title: String,
    pub group: String,
    /// Viewable without a grant.
    pub always: bool,
    /// By [`Action::index`].
    pub gives: [Gives; 5],
}

impl Page {
    pub(super) fn gives(&self, action: Action) -> &Gives {
        const NOTHING: &Gives = &Gives {
            offered: false,
            permissions: PermissionSet::EMPTY,
        };
        self.gives.get(action.index()).unwrap_or(NOTHING)
    }
}
