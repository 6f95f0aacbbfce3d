//! Flags as those see them who operate the installation.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::people::People;
use bailiwick_services::platform::flags::Known;
use bailiwick_store::flags::Override;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PersonView;

/// A feature flag.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FeatureFlag)]
pub struct FlagView {
    /// Its name in code.
    key: String,
    /// What it does, for people.
    description: String,
    /// Whether it is on for everybody who has no exception.
    is_enabled: bool,
    /// Whether nobody has switched it: this is what the installation was started with.
    is_default: bool,
    /// Organizations for which something else holds.
    overrides: i64,
    /// Who switched it last.
    #[schema(required = true)]
    updated_by: Option<PersonView>,
    /// When.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
}

impl FlagView {
    /// The view of `known`, who switched it named by `people`.
    pub fn of(known: Known, people: &People) -> Self {
        match known {
            Known::Switched(flag) => Self {
                key: flag.key,
                description: flag.description,
                is_enabled: flag.is_enabled,
                is_default: false,
                overrides: flag.overrides,
                updated_by: flag.updated_by.map(|id| PersonView::of(id, people)),
                updated_at: Some(flag.updated_at),
            },
            Known::Started(key, is_enabled) => Self {
                key,
                description: String::new(),
                is_enabled,
                is_default: true,
                overrides: 0,
                updated_by: None,
                updated_at: None,
            },
        }
    }
}

/// What holds for one organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FeatureFlagOverride)]
pub struct OverrideView {
    /// The organization.
    organization_id: OrgId,
    /// Its name.
    organization_name: String,
    /// Its slug.
    organization_slug: String,
    /// Whether the flag is on there.
    is_enabled: bool,
    /// Who switched it last.
    #[schema(required = true)]
    updated_by: Option<PersonView>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl OverrideView {
    /// The view of `found`, who switched it named by `people`.
    pub fn of(found: Override, people: &People) -> Self {
        Self {
            organization_id: found.org,
            organization_name: found.name,
            organization_slug: found.slug,
            is_enabled: found.is_enabled,
            updated_by: found.updated_by.map(|id| PersonView::of(id, people)),
            updated_at: found.updated_at,
        }
    }
}
