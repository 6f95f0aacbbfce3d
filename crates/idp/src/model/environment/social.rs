//! Other providers, as the components offer them.

use serde_json::{Map, Value, json};

use crate::config::IdpConfig;
use crate::settings::Settings;
use crate::social::{self, logo};

/// Entries by strategy.
pub fn social(config: &IdpConfig, settings: &Settings) -> Value {
    let mut entries = Map::new();
    for provider in social::list(&settings.social) {
        let own = &provider.settings;
        let entry = json!({
            "enabled": true,
            "required": false,
            "authenticatable": own.authenticatable,
            "block_email_subaddresses": own.block_email_subaddresses,
            "strategy": provider.strategy(),
            "not_selectable": false,
            "deprecated": false,
            "name": provider.name(),
            "logo_url": logo::url(config, &provider),
        });
        entries.insert(provider.strategy(), entry);
    }
    entries.into()
}
