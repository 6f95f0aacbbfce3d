//! Blotting out what nobody needs to see.

use serde_json::Value;

/// What stands in its place.
const BLOT: &str = "[redacted]";

/// Words in the name of a member whose value is nobody's business.
const SECRET_WORDS: [&str; 8] = [
    "secret",
    "password",
    "passwd",
    "token",
    "digest",
    "otp",
    "backup_code",
    "private",
];
/// And whole names of such.
const SECRET_NAMES: [&str; 4] = ["unsafe_metadata", "code", "ticket", "api_key"];

/// The same value without secrets, as far as names tell them: whatever stands under such a name is
/// replaced, be it a text or a tree. What says only whether there is one (`true`, `false`, `null`)
/// stays.
#[must_use]
pub fn without_secrets(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let blot = |(name, value): (String, Value)| {
                let value = match value {
                    Value::Null | Value::Bool(_) => value,
                    _ if is_secret(&name) => Value::String(BLOT.to_owned()),
                    value => without_secrets(value),
                };
                (name, value)
            };
            Value::Object(members.into_iter().map(blot).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_secrets).collect()),
        other => other,
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET_NAMES.contains(&name.as_str()) || SECRET_WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_go_at_any_depth_and_the_rest_stays() {
        let value = json!({
            "id": "user_1",
            "password_enabled": true,
            "two_factor_secret": null,
            "private_metadata": {"salary": 7},
            "external_accounts": [{"provider": "oauth_google", "accessToken": "ya29", "code": "1"}],
        });
        assert_eq!(
            without_secrets(value),
            json!({
                "id": "user_1",
                "password_enabled": true,
                "two_factor_secret": null,
                "private_metadata": "[redacted]",
                "external_accounts": [
                    {"provider": "oauth_google", "accessToken": "[redacted]", "code": "[redacted]"},
                ],
            })
        );
    }
}
