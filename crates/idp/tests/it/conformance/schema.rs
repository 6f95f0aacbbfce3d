//! Checking a value against a schema, as far as Clerk's documents use them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::formats;

/// Everything about `value` that contradicts `schema` of `document`.
pub fn violations(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check {
        document,
        found: Vec::new(),
    };
    check.value(schema, value, "", false);
    check.found
}

/// What a `$ref` leads to.
pub fn resolve<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    while let Some(reference) = schema["$ref"].as_str() {
        schema = document
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap();
    }
    schema
}

struct Check<'a> {
    document: &'a Value,
    found: Vec<String>,
}

/// The fields that a schema and its members know together.
#[derive(Default)]
struct Fields<'a> {
    names: BTreeSet<&'a str>,
    is_closed: bool,
    is_open: bool,
}

impl<'a> Check<'a> {
    /// `open`: fields that the schema does not know are somebody else's. Members of an `allOf`
    /// are open, since closed ones would exclude each other; what none of them knows is found
    /// where they meet.
    fn value(&mut self, schema: &'a Value, value: &Value, at: &str, open: bool) {
        // Beside a `$ref` the document puts `nullable`, and means it.
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        let schema = resolve(self.document, schema);
        if value.is_null() && self.is_nullable(schema) {
            return;
        }
        if let Some(expected) = schema["type"].as_str()
            && !is_type(value, expected)
        {
            self.found.push(format!("{at}: {value} is no {expected}"));
            return;
        }
        if let Some(members) = schema["enum"].as_array()
            && !members.contains(value)
        {
            self.found
                .push(format!("{at}: {value} is none of {members:?}"));
        }
        self.found
            .extend(formats::violation(schema, value).map(|text| format!("{at}: {text}")));
        let all = list(&schema["allOf"]);
        if let Value::Object(fields) = value {
            self.object(schema, fields, at, open || !all.is_empty());
            if !open && !all.is_empty() {
                self.unknown_to_all(schema, fields, at);
            }
        }
        if let (Value::Array(values), items @ Value::Object(_)) = (value, &schema["items"]) {
            for (index, value) in values.iter().enumerate() {
                self.value(items, value, &format!("{at}/{index}"), false);
            }
        }
        for member in all {
            self.value(member, value, at, true);
        }
        for key in ["oneOf", "anyOf"] {
            self.alternatives(list(&schema[key]), value, at, open);
        }
    }

    fn is_nullable(&self, schema: &Value) -> bool {
        let one = ["oneOf", "anyOf"].map(|key| list(&schema[key]));
        schema["nullable"] == true
            || one
                .into_iter()
                .flatten()
                .any(|member| resolve(self.document, member)["nullable"] == true)
    }

    fn object(&mut self, schema: &'a Value, fields: &Map<String, Value>, at: &str, open: bool) {
        for name in list(&schema["required"]).iter().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.found.push(format!("{at}: {name} is missing"));
            }
        }
        let known = &schema["properties"];
        for (name, value) in fields {
            let at = format!("{at}/{name}");
            match (&known[name], &schema["additionalProperties"]) {
                (property @ Value::Object(_), _) => {
                    self.value(property, value, &at, false);
                    self.found
                        .extend(formats::time(name, value).map(|text| format!("{at}: {text}")));
                }
                (_, Value::Bool(false)) if !open => self.found.push(format!("{at} is unknown")),
                (_, additional @ Value::Object(_)) => self.value(additional, value, &at, false),
                _ => {}
            }
        }
    }

    fn unknown_to_all(&mut self, schema: &'a Value, fields: &Map<String, Value>, at: &str) {
        let mut known = Fields::default();
        self.collect(schema, &mut known);
        if known.is_open || !known.is_closed {
            return;
        }
        let unknown = fields
            .keys()
            .filter(|name| !known.names.contains(name.as_str()));
        self.found
            .extend(unknown.map(|name| format!("{at}/{name} is unknown")));
    }

    fn collect(&self, schema: &'a Value, known: &mut Fields<'a>) {
        let schema = resolve(self.document, schema);
        match &schema["additionalProperties"] {
            Value::Bool(false) => known.is_closed = true,
            Value::Bool(true) | Value::Object(_) => known.is_open = true,
            _ => {}
        }
        let names = schema["properties"].as_object().into_iter().flatten();
        known.names.extend(names.map(|(name, _)| name.as_str()));
        for key in ["allOf", "oneOf", "anyOf"] {
            for member in list(&schema[key]) {
                self.collect(member, known);
            }
        }
    }

    fn alternatives(&mut self, schemas: &'a [Value], value: &Value, at: &str, open: bool) {
        let mut nearest: Option<Vec<String>> = None;
        for schema in schemas {
            let mut check = Check {
                document: self.document,
                found: Vec::new(),
            };
            check.value(schema, value, at, open);
            if check.found.is_empty() {
                return;
            }
            if nearest
                .as_ref()
                .is_none_or(|nearest| check.found.len() < nearest.len())
            {
                nearest = Some(check.found);
            }
        }
        self.found.extend(nearest.unwrap_or_default());
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn is_type(value: &Value, expected: &str) -> bool {
    match expected {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("type {other}"),
    }
}
