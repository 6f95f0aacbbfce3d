//! Checking an answer against the document of its interface.

use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};

use super::coverage::{self, How};
use super::document::{Api, Document};
use super::exceptions;
use super::operation::{self, Operation};
use super::schema::{resolve, violations};

/// An answer, and the request it is to.
pub struct Answer<'a> {
    pub api: Api,
    pub how: How,
    pub method: &'a Method,
    /// As the document has paths, with the query.
    pub path: &'a str,
    pub status: StatusCode,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Fails where the answer is not what the document says.
    #[track_caller]
    pub fn assert_valid(&self) {
        let found = self.violations();
        assert!(
            found.is_empty(),
            "{} {} {} is not as documented:\n{}\n{}",
            self.method,
            self.path,
            self.status,
            found.join("\n"),
            String::from_utf8_lossy(self.body)
        );
    }

    /// Everything that contradicts the document; records a valid answer. Nothing where the
    /// document is absent.
    pub fn violations(&self) -> Vec<String> {
        let (operation, found) = self.judged();
        if let Some(operation) = operation.filter(|_| found.is_empty()) {
            let (api, status) = (self.api.name(), self.status.as_str());
            coverage::record(api, &operation.id, status, self.how);
        }
        found
    }

    /// The same without a record, with the operation where there is one.
    pub fn judged(&self) -> (Option<&'static Operation>, Vec<String>) {
        if ![
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ]
        .contains(self.method)
        {
            return (None, Vec::new());
        }
        let Some(document) = self.api.document() else {
            return (None, Vec::new());
        };
        let Some(operation) = operation::find(&document.operations, self.method, self.path) else {
            return (None, self.outside(document));
        };
        (Some(operation), self.against(document, operation))
    }

    /// What is at no path of the document.
    fn outside(&self, document: &Document) -> Vec<String> {
        if exceptions::is_undocumented(self.api, self.path) {
            return Vec::new();
        }
        if self.status.is_client_error() {
            return self.refusal(document);
        }
        vec!["no operation of the document is here".to_owned()]
    }

    fn against(&self, document: &Document, operation: &Operation) -> Vec<String> {
        let status = exceptions::documented(self.api, &operation.id, self.status.as_u16());
        let response = resolve(&document.value, &operation.responses[status.to_string()]);
        if !response.is_object() {
            return self.unforeseen(document, operation);
        }
        if self.status.is_redirection() && !self.headers.contains_key(header::LOCATION) {
            return vec!["a redirection without Location".to_owned()];
        }
        let content = &response["content"];
        if self.status == StatusCode::NO_CONTENT || self.status.is_redirection() {
            return match self.body {
                [] => Vec::new(),
                _ => vec!["a body where there is none".to_owned()],
            };
        }
        if content["text/html"].is_object() && self.media_type().starts_with("text/html") {
            return Vec::new();
        }
        match &content["application/json"]["schema"] {
            schema @ Value::Object(_) => {
                let schema = resolve(&document.value, schema);
                self.json_against(document, &self.paged(schema))
            }
            _ if self.status.is_client_error() => self.refusal(document),
            _ => Vec::new(),
        }
    }

    /// A status that the operation does not list. The documents forget refusals that any operation
    /// can meet; a success must be listed.
    fn unforeseen(&self, document: &Document, operation: &Operation) -> Vec<String> {
        if exceptions::may_answer(self.status.as_u16()) {
            return self.refusal(document);
        }
        vec![format!("{}: this status is not documented", operation.id)]
    }

    /// The document has some lists bare, and says in prose that `paginated=true` makes a page.
    fn paged(&self, schema: &Value) -> Value {
        let asked = self.path.split_once('?').map_or("", |(_, query)| query);
        let is_page = asked.split('&').any(|pair| pair == "paginated=true");
        if !is_page || schema["type"] != "array" {
            return schema.clone();
        }
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["data", "total_count"],
            "properties": { "data": schema, "total_count": { "type": "integer" } },
        })
    }

    fn refusal(&self, document: &Document) -> Vec<String> {
        let schema = json!({ "$ref": "#/components/schemas/ClerkErrors" });
        self.json_against(document, &schema)
    }

    fn json_against(&self, document: &Document, schema: &Value) -> Vec<String> {
        let mut found = Vec::new();
        if self.media_type() != "application/json" {
            found.push(format!("Content-Type is {}", self.media_type()));
        }
        let body = match serde_json::from_slice(self.body) {
            Ok(body) => body,
            Err(error) => {
                found.push(format!("no JSON: {error}"));
                return found;
            }
        };
        let violations = violations(&document.value, schema, &body);
        let counts = |violation: &String| !exceptions::is_defect(self.api.name(), violation);
        found.extend(violations.into_iter().filter(counts));
        found
    }

    fn media_type(&self) -> &str {
        let value = self.headers.get(header::CONTENT_TYPE);
        value.map_or("none", |value| value.to_str().unwrap_or("none"))
    }
}
