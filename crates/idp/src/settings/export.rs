//! Settings as text.

use serde_json::Value;

use super::Settings;
use crate::error::{Error, Result};

/// Parts of names of settings that are secret.
const SECRET: [&str; 3] = ["secret", "private_key", "password_digest"];

impl Settings {
    /// What is in force, in the form of `idp.toml`, without secrets.
    pub fn export(&self) -> Result<String> {
        let value = serde_json::to_value(self).map_err(|error| unwritable(&error))?;
        toml::to_string_pretty(&redacted(value)).map_err(|error| unwritable(&error))
    }

    /// What is in force, in the form of `idp.toml`, secrets included.
    pub fn export_with_secrets(&self) -> Result<String> {
        toml::to_string_pretty(self).map_err(|error| unwritable(&error))
    }
}

fn unwritable(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("the settings cannot be written: {error}"))
}

/// Settings without what is secret, and without what says nothing.
pub(crate) fn redacted(value: Value) -> Value {
    let is_secret = |name: &str, value: &Value| {
        // Where a secret is kept is none.
        let is_place = name.ends_with("_file") || name.ends_with("_env");
        value.is_string() && !is_place && SECRET.iter().any(|part| name.contains(part))
    };
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(name, value)| !value.is_null() && !is_secret(name, value))
                .map(|(name, value)| (name, redacted(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_exported_can_be_read_again() {
        let settings = Settings::default();
        assert_eq!(
            Settings::read(&settings.export().unwrap()).unwrap(),
            settings
        );
        let text = settings.export_with_secrets().unwrap();
        assert_eq!(Settings::read(&text).unwrap(), settings);
    }

    #[test]
    fn secrets_stay_behind() {
        let value = json!({ "a": { "client_secret": "x", "client_id": "y", "none": null },
            "list": [{ "apple_private_key": "z", "secret_required": true }],
            "client_secret_file": "/run/x" });
        let kept = json!({ "a": { "client_id": "y" }, "list": [{ "secret_required": true }],
            "client_secret_file": "/run/x" });
        assert_eq!(redacted(value), kept);
    }
}
