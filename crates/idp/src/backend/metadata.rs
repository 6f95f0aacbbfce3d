//! Changing metadata.

use serde_json::{Map, Value};

use super::form::Form;
use crate::error::Refusal;

/// The most that one kind of metadata may hold, in bytes of JSON.
const MAX: usize = 8 * 1024;

/// What a request does to metadata that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Objects are merged in depth, `null` removes a key.
    Merge,
    /// What is given takes the place of what was.
    Replace,
}

/// Takes metadata out of the form and applies it to `current`.
pub(super) fn apply(form: &mut Form, name: &str, change: Change, current: &mut Value) {
    let Some(given) = form.object(name) else {
        return;
    };
    match (change, &mut *current) {
        (Change::Merge, Value::Object(target)) => merge(target, given),
        _ => *current = Value::Object(given),
    }
    if current.to_string().len() > MAX {
        form.refuse(Refusal::format(
            name,
            &format!("{name} is larger than {MAX} bytes."),
        ));
    }
}

fn merge(target: &mut Map<String, Value>, given: Map<String, Value>) {
    for (key, value) in given {
        match (value, target.get_mut(&key)) {
            (Value::Null, _) => {
                target.remove(&key);
            }
            (Value::Object(given), Some(Value::Object(target))) => merge(target, given),
            (Value::Object(given), _) => {
                let mut fresh = Map::new();
                merge(&mut fresh, given);
                target.insert(key, Value::Object(fresh));
            }
            (value, _) => {
                target.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merges_in_depth_and_null_removes() {
        let mut target = json!({ "a": { "b": 1, "c": 2 }, "d": [1, 2], "e": 5 });
        let given = json!({ "a": { "b": null, "x": { "y": null, "z": 1 } }, "d": [3], "e": null });
        let (Value::Object(target), Value::Object(given)) = (&mut target, given) else {
            panic!()
        };
        merge(target, given);
        assert_eq!(
            json!(target),
            json!({ "a": { "c": 2, "x": { "z": 1 } }, "d": [3] })
        );
    }
}
