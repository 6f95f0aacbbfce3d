//! What differs from run to run, replaced.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// Ids, times, cursors and URLs replaced by what they are; everything else stays.
#[must_use]
pub fn redact(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let redacted = members.into_iter().map(|(name, value)| {
                let value = match name.as_str() {
                    "nextCursor" if value.is_string() => "[cursor]".into(),
                    "clerkUserId" | "clerkOrgId" => format!("[{name}]").into(),
                    _ => redact(value),
                };
                (name, value)
            });
            Value::Object(redacted.collect())
        }
        Value::Array(items) => items.into_iter().map(redact).collect(),
        Value::String(text) => redact_text(text).into(),
        other => other,
    }
}

fn redact_text(text: String) -> String {
    if Uuid::try_parse(&text).is_ok() {
        return "[id]".to_owned();
    }
    if text.len() >= 20 && text.parse::<Timestamp>().is_ok() {
        return "[time]".to_owned();
    }
    if text.starts_with("http://127.0.0.1") || text.starts_with("https://memory") {
        return "[url]".to_owned();
    }
    text
}
