//! Reading an OpenAPI document, once in a process.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Map, Value};
use yaml_rust2::{Yaml, YamlLoader};

use super::operation::{self, Operation};

/// One of the two interfaces that Clerk documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// What browsers call.
    Frontend,
    /// What servers call.
    Backend,
}

/// A document, and the operations it has.
pub struct Document {
    pub value: Value,
    pub operations: Vec<Operation>,
}

impl Api {
    /// The official document, or `None` (with a line that says so, once) where it is absent.
    pub fn document(self) -> Option<&'static Document> {
        static FRONTEND: OnceLock<Option<Document>> = OnceLock::new();
        static BACKEND: OnceLock<Option<Document>> = OnceLock::new();
        match self {
            Self::Frontend => FRONTEND.get_or_init(|| read("fapi-2026-05-12.yml")),
            Self::Backend => BACKEND.get_or_init(|| read("bapi-2026-05-12.yml")),
        }
        .as_ref()
    }

    /// As coverage files name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frontend => "fapi",
            Self::Backend => "bapi",
        }
    }
}

/// The document of the webhooks, or `None` with a line that says so.
pub fn webhooks() -> Option<&'static Document> {
    static WEBHOOKS: OnceLock<Option<Document>> = OnceLock::new();
    WEBHOOKS
        .get_or_init(|| read("webhooks-2025-04-15.yml"))
        .as_ref()
}

fn read(name: &str) -> Option<Document> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/reference/openapi")
        .join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("answers are not validated: {} is not there", path.display());
        return None;
    };
    let value = json(&YamlLoader::load_from_str(&text).unwrap()[0]);
    let operations = operation::list(&value);
    Some(Document { value, operations })
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
