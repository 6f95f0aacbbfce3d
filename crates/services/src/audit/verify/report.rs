//! What verifying came to.

use std::fmt;

use bailiwick_store::audit::Chain;
use uuid::Uuid;

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A fact is not what its MAC is of.
    Edited(Uuid),
    /// A fact of a link, or one that waits, is gone.
    Deleted(Uuid),
    /// A fact neither is in a link nor waits.
    Stray(Uuid),
    /// A link is missing.
    LinkMissing(i64),
    /// No key of ours signed a link.
    LinkForged(i64),
    /// A link does not follow from its facts, their order and the link before.
    LinkBroken(i64),
    /// The head is not at the last link.
    HeadElsewhere {
        /// The head's number.
        head: i64,
        /// The last link's.
        last: i64,
    },
    /// The chain ends before a link that is kept outside.
    CutOff {
        /// Its number.
        outside: i64,
        /// The last link's in the database.
        last: i64,
    },
    /// A link is another than the one that is kept outside.
    Replaced(i64),
    /// What is kept outside as a link is none of ours.
    OutsideForged(i64),
    /// Nothing is kept outside.
    NothingOutside,
    /// No key of ours signed the tombstone.
    TombstoneForged,
    /// The chain was removed, and something of it is there.
    Remains,
    /// More than is listed.
    More,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited(id) => write!(f, "fact {id} was edited"),
            Self::Deleted(id) => write!(f, "fact {id} was deleted"),
            Self::Stray(id) => write!(
                f,
                "fact {id} is in no link: it was added from beside, or is older than the chain"
            ),
            Self::LinkMissing(n) => write!(f, "link {n} was deleted"),
            Self::LinkForged(n) => write!(f, "link {n} is not signed by a key of ours"),
            Self::LinkBroken(n) => write!(
                f,
                "link {n} does not follow from its facts in their order and the link before"
            ),
            Self::HeadElsewhere { head, last } => {
                write!(f, "the head says {head}, and the last link is {last}")
            }
            Self::CutOff { outside, last } => write!(
                f,
                "the chain was cut off: link {outside} is kept outside, and the database ends at {last}"
            ),
            Self::Replaced(n) => {
                write!(f, "link {n} is another than the one that is kept outside")
            }
            Self::OutsideForged(n) => write!(
                f,
                "what is kept outside as link {n} is not signed by a key of ours"
            ),
            Self::NothingOutside => f.write_str("no link is kept outside"),
            Self::TombstoneForged => f.write_str("the tombstone is not signed by a key of ours"),
            Self::Remains => f.write_str("the chain was removed, and something of it is there"),
            Self::More => f.write_str("there is more"),
        }
    }
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The chain.
    pub chain: Chain,
    /// What is wrong with it.
    pub what: What,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.chain == Chain::INSTALLATION {
            write!(f, "installation: {}", self.what)
        } else {
            write!(f, "tenant {}: {}", self.chain, self.what)
        }
    }
}

/// What verifying came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Chains that were looked at and have anything.
    pub chains: usize,
    /// Links.
    pub links: usize,
    /// Facts in links.
    pub facts: usize,
    /// Facts that wait for their seal.
    pub pending: usize,
    /// Chains that were removed and left a tombstone.
    pub removed: usize,
    /// What is wrong; nothing: all is proven.
    pub findings: Vec<Finding>,
}
