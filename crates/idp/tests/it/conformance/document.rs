//! Reading an OpenAPI document.

use std::path::Path;

use serde_json::{Map, Value};
use yaml_rust2::{Yaml, YamlLoader};

/// The document of that name, or `None` with a line that says so.
pub fn read(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/reference/openapi")
        .join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    Some(json(&YamlLoader::load_from_str(&text).unwrap()[0]))
}

fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Integer(number) => (*number).into(),
        Yaml::Real(text) => text.parse::<f64>().unwrap().into(),
        Yaml::String(text) => text.as_str().into(),
        Yaml::Boolean(value) => (*value).into(),
        Yaml::Array(list) => list.iter().map(json).collect(),
        Yaml::Hash(map) => {
            let entry = |(key, value): (&Yaml, &Yaml)| (text(key), json(value));
            Value::Object(map.iter().map(entry).collect::<Map<_, _>>())
        }
        Yaml::Null | Yaml::BadValue | Yaml::Alias(_) => Value::Null,
    }
}

/// A key; response codes are numbers where nobody quoted them.
fn text(key: &Yaml) -> String {
    match key {
        Yaml::String(text) => text.clone(),
        Yaml::Integer(number) => number.to_string(),
        Yaml::Boolean(value) => value.to_string(),
        other => panic!("a key {other:?}"),
    }
}
