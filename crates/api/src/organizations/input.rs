//! What organizations are made and changed with.

use bailiwick_kernel::Problem;
use bailiwick_kernel::slug::Slug;
use bailiwick_kernel::text::Fields;
use bailiwick_services::organizations::{NewOrganization, OrganizationChange};
use bailiwick_store::organizations::Details;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Keys of settings in one request at most.
const SETTINGS_MAX: usize = 100;
/// The longest key of a setting.
const SETTING_KEY_CHARS_MAX: usize = 64;

/// What an organization is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationCreate {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Its place in URLs; one is made of the name where there is none.
    #[serde(default)]
    #[schema(max_length = 63)]
    pub slug: Option<String>,
    /// What it is, in a few words.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// What kind of company it is, in the installation's own words.
    #[serde(default, rename = "type")]
    #[schema(max_length = 64)]
    pub org_type: Option<String>,
    /// Its number at the tax office.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub tax_id: Option<String>,
    /// Whatever the product keeps for it.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

/// What of an organization is to change; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationPatch {
    /// Its name.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// Its place in URLs.
    #[serde(default)]
    #[schema(max_length = 63)]
    pub slug: Option<String>,
    /// What it is, in a few words; empty takes it away.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// What kind of company it is, in the installation's own words; empty takes it away.
    #[serde(default, rename = "type")]
    #[schema(max_length = 64)]
    pub org_type: Option<String>,
    /// Its number at the tax office; empty takes it away.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub tax_id: Option<String>,
    /// Settings to merge by their keys; a null removes one.
    #[serde(default)]
    pub settings: Map<String, Value>,
}

/// Collects the checked values of either.
struct Checked {
    fields: Fields,
    details: Details,
}

impl Checked {
    fn new(
        [description, org_type, tax_id]: [Option<String>; 3],
        settings: Map<String, Value>,
    ) -> Self {
        let mut fields = Fields::new();
        let details = Details {
            description: description.map(|text| fields.lines("description", &text, 0..=2000)),
            org_type: org_type.map(|text| fields.line("type", &text, 0..=64)),
            tax_id: tax_id.map(|text| fields.line("taxId", &text, 0..=64)),
            settings,
        };
        let is_key = |key: &String| {
            let chars = key.chars();
            !key.is_empty()
                && chars.clone().count() <= SETTING_KEY_CHARS_MAX
                && !chars.clone().any(char::is_control)
        };
        let keys = &details.settings;
        fields.require(
            keys.len() <= SETTINGS_MAX,
            "settings",
            "must have 100 keys at most",
        );
        fields.require(
            keys.keys().all(is_key),
            "settings",
            "must have keys of 1 to 64 characters",
        );
        // The database takes no NUL in a text, however it is written.
        let has_nul = serde_json::to_string(keys).is_ok_and(|text| text.contains("\\u0000"));
        fields.require(!has_nul, "settings", "must not contain NUL");
        Self { fields, details }
    }

    fn slug(&mut self, slug: Option<String>) -> Option<String> {
        let slug = slug?;
        if let Err(error) = slug.parse::<Slug>() {
            self.fields.refuse("slug", error.to_string());
        }
        Some(slug)
    }
}

impl OrganizationCreate {
    /// The checked input.
    pub(super) fn checked(self) -> Result<NewOrganization, Problem> {
        let texts = [self.description, self.org_type, self.tax_id];
        let mut checked = Checked::new(texts, self.settings);
        let name = checked.fields.line("name", &self.name, 1..=200);
        let slug = checked.slug(self.slug);
        checked.fields.finish()?;
        Ok(NewOrganization {
            name,
            slug,
            details: checked.details,
        })
    }
}

impl OrganizationPatch {
    /// The checked input.
    pub(super) fn checked(self) -> Result<OrganizationChange, Problem> {
        let texts = [self.description, self.org_type, self.tax_id];
        let mut checked = Checked::new(texts, self.settings);
        let name = self
            .name
            .map(|name| checked.fields.line("name", &name, 1..=200));
        let slug = checked.slug(self.slug);
        checked.fields.finish()?;
        Ok(OrganizationChange {
            name,
            slug,
            details: checked.details,
        })
    }
}
