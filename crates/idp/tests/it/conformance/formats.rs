//! Bounds and formats of plain values.

use serde_json::Value;

/// Milliseconds since 1970 of a day in 1973, and of one in 5138: seconds are below, microseconds
/// above.
const MILLISECONDS: std::ops::Range<i64> = 100_000_000_000..100_000_000_000_000;

/// Fields that OAuth itself defines, in seconds.
const IN_SECONDS: &[&str] = &["client_id_issued_at", "client_secret_expires_at"];

/// What is wrong with a plain value, apart from its type.
pub fn violation(schema: &Value, value: &Value) -> Option<String> {
    let bound = |key: &str| schema[key].as_f64();
    let (size, least, most) = match value {
        Value::Number(number) => (number.as_f64()?, bound("minimum"), bound("maximum")),
        Value::String(text) => {
            if !has_format(text, schema["format"].as_str().unwrap_or_default()) {
                return Some(format!("{value} is no {}", schema["format"]));
            }
            let length = u32::try_from(text.chars().count()).unwrap();
            (length.into(), bound("minLength"), bound("maxLength"))
        }
        Value::Array(values) => {
            let length = u32::try_from(values.len()).unwrap();
            (length.into(), bound("minItems"), bound("maxItems"))
        }
        _ => return None,
    };
    let is_within = least.is_none_or(|least| size >= least) && most.is_none_or(|most| size <= most);
    (!is_within).then(|| format!("{value} is not between {least:?} and {most:?}"))
}

/// All times of resources are milliseconds.
pub fn time(name: &str, value: &Value) -> Option<String> {
    let number = value.as_i64().filter(|number| *number != 0)?;
    let is_wrong =
        name.ends_with("_at") && !IN_SECONDS.contains(&name) && !MILLISECONDS.contains(&number);
    is_wrong.then(|| format!("{number} are no milliseconds of our time"))
}

fn has_format(text: &str, format: &str) -> bool {
    match format {
        "email" => text.contains('@'),
        "uri" => url::Url::parse(text).is_ok(),
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "date" => text.parse::<jiff::civil::Date>().is_ok(),
        _ => true,
    }
}
