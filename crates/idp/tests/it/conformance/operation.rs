//! Which operation of a document a request went to.

use std::path::Path;

use http::Method;
use serde_json::Value;

/// The methods that operations have.
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// An operation of a document.
pub struct Operation {
    pub id: String,
    method: Method,
    /// Between slashes; `None` stands for a parameter.
    parts: Vec<Option<String>>,
    /// From status to response, as the document has it.
    pub responses: Value,
}

/// Every operation of the document.
pub fn list(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let operation = &item[method.as_str().to_lowercase()];
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            operations.push(Operation {
                id: id.to_owned(),
                method,
                parts: parts(path).map(constant).collect(),
                responses: operation["responses"].clone(),
            });
        }
    }
    operations
}

/// The operations of an interface in the list that the project keeps: without responses.
pub fn kept(interface: &str) -> Vec<Operation> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("compatibility/operations.tsv");
    let text = std::fs::read_to_string(file).unwrap();
    let mut operations = Vec::new();
    for line in text.lines() {
        let [of, _, method, path, id] = line.split('\t').collect::<Vec<_>>()[..] else {
            continue;
        };
        if of == interface {
            operations.push(Operation {
                id: id.to_owned(),
                method: method.parse().unwrap(),
                parts: parts(path).map(constant).collect(),
                responses: Value::Null,
            });
        }
    }
    operations
}

/// The operation of `method` at `path` (which may have a query) with the fewest parameters.
///
/// A browser can only GET and POST; it names the method it means as `_method` in the query.
pub fn find<'a>(operations: &'a [Operation], method: &Method, path: &str) -> Option<&'a Operation> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let meant = (method == Method::POST).then(|| meant(query)).flatten();
    let method = meant.as_deref().unwrap_or(method.as_str());
    let wanted: Vec<&str> = parts(path).collect();
    operations
        .iter()
        .filter(|operation| operation.method == method && operation.is_at(&wanted))
        .min_by_key(|operation| operation.parts.iter().filter(|part| part.is_none()).count())
}

fn meant(query: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "_method")
        .map(|(_, value)| value.to_uppercase())
}

impl Operation {
    fn is_at(&self, wanted: &[&str]) -> bool {
        let same = |(part, wanted): (&Option<String>, &&str)| {
            part.as_deref().is_none_or(|part| part == *wanted)
        };
        self.parts.len() == wanted.len() && self.parts.iter().zip(wanted).all(same)
    }
}

/// Components write some paths with a slash at the end.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.trim_end_matches('/').split('/').skip(1)
}

/// `{id}` is a parameter, and so is `{id}.xml` for our purpose.
fn constant(part: &str) -> Option<String> {
    (!part.starts_with('{')).then(|| part.to_owned())
}
