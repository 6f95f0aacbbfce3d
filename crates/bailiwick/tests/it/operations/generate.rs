//! From an operation's description to a request that it understands.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Map, Value, json};

/// Values by the names that the document gives them.
pub type Props = BTreeMap<&'static str, String>;

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    schema: Option<Value>,
    /// Goes on for ever unless it is told not to.
    is_endless: bool,
    /// Takes an `Idempotency-Key`.
    pub takes_a_key: bool,
}

/// A request that an operation understands.
pub struct Call {
    pub path: String,
    pub body: Option<Value>,
}

/// All operations, by path and method.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            let described = &item[method.as_str().to_lowercase()];
            if described.is_null() {
                continue;
            }
            let schema = described.pointer("/requestBody/content/application~1json/schema");
            let parameters = described["parameters"].as_array();
            let names: Vec<&Value> = parameters
                .into_iter()
                .flatten()
                .map(|p| &p["name"])
                .collect();
            let names = |wanted: &str| names.iter().any(|name| **name == wanted);
            found.push(Operation {
                id: described["operationId"].as_str().unwrap().to_owned(),
                method,
                path: path.clone(),
                schema: schema.cloned(),
                is_endless: names("follow"),
                takes_a_key: names("Idempotency-Key"),
            });
        }
    }
    assert!(found.len() > 15, "the document lists hardly anything");
    found
}

impl Operation {
    /// Whether the path names something that belongs to a tenant.
    pub fn names_a_thing(&self) -> bool {
        self.path.contains("{id}")
    }

    /// Whether it may change who belongs to an organization.
    pub fn is_about_organizations(&self) -> bool {
        self.path.contains("/organizations/{id}/")
    }

    /// Whether [`Operation::call`] would succeed, whatever the values are.
    pub fn is_callable(&self, document: &Value) -> bool {
        let anything = Props::from(super::stage::PROPS.map(|name| (name, String::new())));
        let body = |schema: &Value| sample(document, schema, &anything).is_some();
        self.fill(&anything).is_some() && self.schema.as_ref().is_none_or(body)
    }

    /// The request, made of `props`.
    pub fn call(&self, document: &Value, props: &Props) -> Call {
        let unknown = || panic!("the generator does not know how to call {}", self.id);
        let mut path = self.fill(props).unwrap_or_else(unknown);
        if self.is_endless {
            path.push_str("?follow=false");
        }
        let body = self.schema.as_ref().map(|schema| {
            sample(document, schema, props)
                .unwrap_or_else(|| panic!("the generator does not know the body of {}", self.id))
        });
        Call { path, body }
    }

    /// The path with its parameters replaced; none where one is unknown.
    fn fill(&self, props: &Props) -> Option<String> {
        let mut thing = "";
        let mut filled = String::new();
        for segment in self.path.trim_start_matches('/').split('/') {
            filled.push('/');
            match segment {
                "{id}" => filled.push_str(props.get(thing)?),
                "{memberId}" | "{userId}" => filled.push_str(props.get("members")?),
                "{invitationId}" => filled.push_str(props.get("invitations")?),
                "{key}" => filled.push_str(props.get("flag")?),
                "{creationId}" => filled.push_str(props.get("creations")?),
                "{code}" => filled.push_str("NOT_FOUND"),
                other if other.starts_with('{') => return None,
                other => {
                    thing = other;
                    filled.push_str(other);
                }
            }
        }
        Some(filled)
    }
}

/// A body with what a schema requires; none where a member is unknown.
fn sample(document: &Value, schema: &Value, props: &Props) -> Option<Value> {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#'))?,
        None => schema,
    };
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut body = Map::new();
    for name in required {
        let name = name.as_str()?;
        let value = match name {
            "name" => json!("Made by the generator"),
            "memberId" => json!(props.get("spare")?),
            "projectRole" => json!("contributor"),
            "fileName" => json!("made.txt"),
            "contentType" => json!("text/plain"),
            "size" => json!(5),
            "kind" => json!("made"),
            "amount" => json!(1250),
            "currency" => json!("EUR"),
            "version" => props
                .get("version")?
                .parse::<i64>()
                .unwrap_or_default()
                .into(),
            "pages" => json!({"approvals": {"create": true}}),
            "checks" => json!([{"permission": "projects:create"}]),
            "userId" => json!(props.get("spare")?),
            "reason" => json!("made by the generator"),
            "role" => json!("viewer"),
            "email" => json!(props.get("email")?),
            "isEnabled" => json!(true),
            "search" => json!(props.get("email")?),
            "otherId" => json!(props.get("members")?),
            "invitations" => json!([{"email": props.get("email")?, "role": "viewer"}]),
            _ => return None,
        };
        body.insert(name.to_owned(), value);
    }
    Some(Value::Object(body))
}
