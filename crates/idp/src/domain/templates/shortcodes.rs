//! Shortcodes: `{{user.id}}` in the texts of claims.
//!
//! A text that is one shortcode becomes its value, of whatever type; within other text the value
//! is written out. What is not there is `null`. `||` gives what to take instead.

use serde_json::{Map, Value};

/// Replaces the shortcodes in all texts of `claims` by what they name in `scope`.
#[must_use]
pub(super) fn render(claims: &Value, scope: &Value) -> Value {
    match claims {
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| (name.clone(), render(value, scope)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| render(item, scope)).collect(),
        Value::String(text) => text_value(text, scope),
        other => other.clone(),
    }
}

fn text_value(text: &str, scope: &Value) -> Value {
    if let Some(inner) = text
        .trim()
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
        && !inner.contains("{{")
        && !inner.contains("}}")
    {
        return evaluate(inner, scope);
    }
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inner, after)) = after.split_once("}}") else {
            break;
        };
        written.push_str(before);
        match evaluate(inner, scope) {
            Value::String(text) => written.push_str(&text),
            other => written.push_str(&other.to_string()),
        }
        rest = after;
    }
    written.push_str(rest);
    Value::String(written)
}

/// The first of several operands that is something.
fn evaluate(expression: &str, scope: &Value) -> Value {
    let mut found = Value::Null;
    for operand in expression.split("||") {
        found = operand_value(operand.trim(), scope);
        if !matches!(found, Value::Null | Value::Bool(false)) {
            break;
        }
    }
    found
}

fn operand_value(operand: &str, scope: &Value) -> Value {
    for quote in ['\'', '"'] {
        let literal = operand
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(literal) = literal {
            return literal.into();
        }
    }
    if let Ok(value @ (Value::Number(_) | Value::Bool(_))) = serde_json::from_str(operand) {
        return value;
    }
    let mut value = scope;
    for name in operand.split('.') {
        match value.get(name) {
            Some(inner) => value = inner,
            None => return Value::Null,
        }
    }
    // The roots themselves are no values.
    if operand.contains('.') {
        value.clone()
    } else {
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_keep_their_types_and_texts_are_written_out() {
        let scope = json!({
            "user": {
                "id": "user_1", "first_name": "Ada", "last_name": null, "verified": true,
                "public_metadata": { "plan": { "seats": 3, "on": false }, "tags": ["a", "b"] },
            },
            "org": null,
        });
        for (claim, expected) in [
            ("{{user.id}}", json!("user_1")),
            (" {{ user.verified }} ", json!(true)),
            ("{{user.public_metadata.plan.seats}}", json!(3)),
            ("{{user.public_metadata.tags}}", json!(["a", "b"])),
            (
                "{{user.public_metadata.plan}}",
                json!({ "seats": 3, "on": false }),
            ),
            ("{{user.last_name}}", json!(null)),
            ("{{org.id}}", json!(null)),
            ("{{nobody.knows}}", json!(null)),
            ("{{user}}", json!(null)),
            ("{{user.last_name || 'none'}}", json!("none")),
            ("{{user.last_name || user.first_name}}", json!("Ada")),
            ("{{user.public_metadata.plan.on || 7}}", json!(7)),
            ("{{org.id || user.last_name}}", json!(null)),
            (
                "Dear {{user.first_name}} {{user.last_name}}",
                json!("Dear Ada null"),
            ),
            (
                "{{user.id}}-{{user.public_metadata.plan.seats}}",
                json!("user_1-3"),
            ),
            ("plain", json!("plain")),
            ("open {{user.id", json!("open {{user.id")),
            ("}} {{", json!("}} {{")),
        ] {
            assert_eq!(text_value(claim, &scope), expected, "{claim}");
        }
        let claims = json!({ "a": ["{{user.id}}", { "b": "{{user.verified}}" }], "c": 1 });
        let expected = json!({ "a": ["user_1", { "b": true }], "c": 1 });
        assert_eq!(render(&claims, &scope), expected);
    }

    #[test]
    fn what_a_value_says_is_not_read_again() {
        let scope = json!({ "user": { "first_name": "{{user.id}}", "id": "user_1" } });
        assert_eq!(
            text_value("{{user.first_name}}", &scope),
            json!("{{user.id}}")
        );
        assert_eq!(
            text_value("x {{user.first_name}}", &scope),
            json!("x {{user.id}}")
        );
    }
}
