//! Tiers, what a plan gives, and which plan follows from what is paid for.

mod standing;

use serde::{Deserialize, Serialize};

pub use standing::{Item, Standing};

/// Where and how generously an organization's tenant lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// In the schema that starters share.
    Starter,
    /// In a schema of its own.
    Pro,
}

impl Tier {
    /// Both, the smaller first.
    pub const ALL: &'static [Self] = &[Self::Starter, Self::Pro];

    /// The name in the database, in JSON and in packs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Pro => "pro",
        }
    }

    /// The tier of a plan's key at the billing side; `free` is another word for `starter`.
    #[must_use]
    pub fn from_plan(key: &str) -> Option<Self> {
        match key {
            "starter" | "free" => Some(Self::Starter),
            "pro" => Some(Self::Pro),
            _ => None,
        }
    }
}

impl std::fmt::Display for Tier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a plan allows an organization to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Members at most, whoever is invited included; an organization may have a number of its own
    /// instead.
    pub members_max: u32,
    /// What pages and products ask for by name (`dedicated_schema`), in the order of the pack.
    pub entitlements: Vec<String>,
}
