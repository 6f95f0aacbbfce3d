//! The one text of a fact that its MAC is over: every column, with its length, in a fixed order.
//!
//! It is made of values, not of what was sent: the database writes JSON in its own way, and what
//! comes back must give the same bytes.

use jiff::Timestamp;
use serde_json::{Number, Value};
use uuid::Uuid;

/// Every column of a fact but the MAC's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns<'a> {
    pub id: Uuid,
    pub tenant: Option<Uuid>,
    pub at: Timestamp,
    pub origin: &'a str,
    pub actor: Option<Uuid>,
    pub impersonator: Option<&'a str>,
    pub action: &'a str,
    pub object_type: &'a str,
    pub object_id: &'a str,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
    pub request: Option<Uuid>,
    pub address: Option<&'a str>,
}

impl Columns<'_> {
    /// The text.
    pub fn encode(&self) -> Vec<u8> {
        let mut text = Text(Vec::with_capacity(512));
        text.part(self.id.as_bytes());
        text.maybe(self.tenant.as_ref().map(Uuid::as_bytes));
        text.part(&self.at.as_microsecond().to_be_bytes());
        text.part(self.origin.as_bytes());
        text.maybe(self.actor.as_ref().map(Uuid::as_bytes));
        text.maybe(self.impersonator);
        text.part(self.action.as_bytes());
        text.part(self.object_type.as_bytes());
        text.part(self.object_id.as_bytes());
        text.maybe(self.before.map(json));
        text.maybe(self.after.map(json));
        text.maybe(self.request.as_ref().map(Uuid::as_bytes));
        text.maybe(self.address);
        text.0
    }
}

/// Parts with their lengths, so that no two lists of parts make the same text.
pub(super) struct Text(pub Vec<u8>);

impl Text {
    /// A part.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0
            .extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    /// A part that may be missing, which is something else than empty.
    fn maybe(&mut self, bytes: Option<impl AsRef<[u8]>>) {
        match bytes {
            None => self.0.push(0),
            Some(bytes) => {
                self.0.push(1);
                self.part(bytes.as_ref());
            }
        }
    }
}

fn json(value: &Value) -> Vec<u8> {
    let mut text = Text(Vec::new());
    add(&mut text, value);
    text.0
}

fn add(text: &mut Text, value: &Value) {
    match value {
        Value::Null => text.0.push(b'n'),
        Value::Bool(false) => text.0.push(b'f'),
        Value::Bool(true) => text.0.push(b't'),
        Value::Number(number) => add_number(text, number),
        Value::String(string) => {
            text.0.push(b's');
            text.part(string.as_bytes());
        }
        Value::Array(items) => {
            text.0.push(b'a');
            text.part(&(items.len() as u64).to_be_bytes());
            for item in items {
                add(text, item);
            }
        }
        Value::Object(members) => {
            text.0.push(b'o');
            text.part(&(members.len() as u64).to_be_bytes());
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_bytes());
            for (name, member) in sorted {
                text.part(name.as_bytes());
                add(text, member);
            }
        }
    }
}

/// A number by its decimal digits: 1e3, 1000.0 and 1000 are one, since the database keeps no more of
/// them. A float has those that tell it from all other floats.
fn add_number(text: &mut Text, number: &Number) {
    let whole = number.as_i64().map(|whole| whole.to_string());
    let whole = whole.or_else(|| number.as_u64().map(|whole| whole.to_string()));
    let digits = whole.unwrap_or_else(|| match number.as_f64().unwrap_or_default() {
        0.0 => "0".to_owned(),
        float => float.to_string(),
    });
    text.0.push(b'd');
    text.part(digits.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn columns() -> Columns<'static> {
        Columns {
            id: Uuid::from_u128(1),
            tenant: Some(Uuid::from_u128(2)),
            at: Timestamp::UNIX_EPOCH,
            origin: "user",
            actor: None,
            impersonator: None,
            action: "projects.create",
            object_type: "project",
            object_id: "3",
            before: None,
            after: None,
            request: None,
            address: None,
        }
    }

    #[test]
    fn every_column_counts() {
        let base = columns();
        let null = Value::Null;
        let others = [
            Columns {
                id: Uuid::nil(),
                ..base
            },
            Columns {
                tenant: None,
                ..base
            },
            Columns {
                at: Timestamp::from_microsecond(1).unwrap(),
                ..base
            },
            Columns {
                origin: "token",
                ..base
            },
            Columns {
                actor: Some(Uuid::nil()),
                ..base
            },
            Columns {
                impersonator: Some(""),
                ..base
            },
            Columns {
                action: "projects.delete",
                ..base
            },
            Columns {
                object_type: "projects",
                object_id: "",
                ..base
            },
            Columns {
                object_id: "4",
                ..base
            },
            Columns {
                before: Some(&null),
                ..base
            },
            Columns {
                after: Some(&null),
                ..base
            },
            Columns {
                request: Some(Uuid::nil()),
                ..base
            },
            Columns {
                address: Some(""),
                ..base
            },
        ];
        let mut seen = vec![base.encode()];
        for other in others {
            let text = other.encode();
            assert!(!seen.contains(&text), "{other:?}");
            seen.push(text);
        }
    }

    #[test]
    fn json_counts_by_its_values() {
        for (one, other) in [
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1})),
            (json!(1e3), json!(1000)),
            (json!(-0.0), json!(0)),
            (
                json!(1.234_567_890_123_456_7e19),
                json!(12_345_678_901_234_567_000_u64),
            ),
            (json!(1.5), json!(1.50)),
        ] {
            assert_eq!(super::json(&one), super::json(&other), "{one} {other}");
        }
        let mut seen = Vec::new();
        for value in [
            json!(null),
            json!(false),
            json!(true),
            json!(0),
            json!(-1),
            json!(u64::MAX),
            json!(0.1),
            json!(1e300),
            json!(""),
            json!("0"),
            json!([]),
            json!([[]]),
            json!(["", ""]),
            json!({}),
            json!({"": ""}),
            json!({"a": {"b": 1}}),
            json!({"a": {}, "b": 1}),
        ] {
            let text = super::json(&value);
            assert!(!seen.contains(&text), "{value}");
            seen.push(text);
        }
    }
}
