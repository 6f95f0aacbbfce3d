//! Reading a JSON body field by field, so that an answer names everything that is wrong with it.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::{Error, Item, Refusal};

/// The body of a request: a JSON object, or nothing, which is an empty one. Fields are taken out
/// one by one; [`Form::finish`] refuses what was of the wrong type, missing, or left over.
pub(super) struct Form {
    fields: Map<String, Value>,
    wrong: Vec<Item>,
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(unreadable)?;
        if body.is_empty() {
            return Ok(Self::new(Map::new()));
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(fields)) => Ok(Self::new(fields)),
            Ok(_) | Err(_) => {
                let text = "The request body is not a JSON object.";
                Err(Refusal::new(StatusCode::BAD_REQUEST, "request_body_invalid", text).into())
            }
        }
    }
}

/// The body of a request that says the same kind of thing several times: a JSON list of 1 to
/// `MAX` objects.
pub(super) struct Forms<const MAX: usize>(Vec<Form>);

impl<const MAX: usize, S: Send + Sync> FromRequest<S> for Forms<MAX> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(unreadable)?;
        let Ok(fields) = serde_json::from_slice::<Vec<Map<String, Value>>>(&body) else {
            let text = "The request body is not a JSON list of objects.";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "request_body_invalid", text).into());
        };
        if fields.is_empty() || fields.len() > MAX {
            let text = format!("The request body must have 1 to {MAX} entries.");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Refusal::new(status, "request_body_invalid", text).into());
        }
        Ok(Self(fields.into_iter().map(Form::new).collect()))
    }
}

impl<const MAX: usize> Forms<MAX> {
    /// Reads every entry; refuses the request if anything was wrong with one of them.
    pub(super) fn read<T>(self, mut read: impl FnMut(&mut Form) -> T) -> Result<Vec<T>, Refusal> {
        let mut values = Vec::with_capacity(self.0.len());
        for mut form in self.0 {
            values.push(read(&mut form));
            form.finish()?;
        }
        Ok(values)
    }
}

fn unreadable(rejection: BytesRejection) -> Error {
    let text = "The request body is too large or broke off.";
    Refusal::new(rejection.status(), "request_body_invalid", text).into()
}

/// A field that may be left alone, cleared, or given a value.
pub(super) type Patch<T> = Option<Option<T>>;

impl Form {
    fn new(fields: Map<String, Value>) -> Self {
        Self {
            fields,
            wrong: Vec::new(),
        }
    }

    /// Takes a field out with what turns it into a value; `null` is no value.
    fn take<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Patch<T> {
        match self.fields.remove(name)? {
            Value::Null => Some(None),
            value => {
                let read = read(value);
                if read.is_none() {
                    self.refuse(Refusal::format(
                        name,
                        &format!("{name} must be {expected}."),
                    ));
                }
                read.map(Some)
            }
        }
    }

    /// Whether a field is there, whatever it says.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Adds what is wrong with a field beyond its type.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.wrong.extend(refusal.errors);
    }

    /// A string.
    pub(super) fn text(&mut self, name: &str) -> Patch<String> {
        self.take(name, "a string", |value| match value {
            Value::String(text) if !text.contains('\0') => Some(text),
            _ => None,
        })
    }

    /// A string that says something, or nothing: cleared and empty are the same.
    pub(super) fn name(&mut self, name: &str) -> Patch<String> {
        self.text(name).map(|text| {
            let text = text
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty());
            if text.as_ref().is_some_and(|text| text.chars().count() > 256) {
                self.refuse(Refusal::format(
                    name,
                    &format!("{name} is longer than 256 characters."),
                ));
            }
            text
        })
    }

    /// A string that must be there and say something.
    pub(super) fn required(&mut self, name: &str) -> String {
        let had = self.wrong.len();
        match self.text(name).flatten() {
            Some(text) if !text.trim().is_empty() => text,
            _ => {
                if self.wrong.len() == had {
                    self.refuse(Refusal::missing(name));
                }
                String::new()
            }
        }
    }

    /// A boolean.
    pub(super) fn boolean(&mut self, name: &str) -> Option<bool> {
        self.take(name, "true or false", |value| value.as_bool())
            .flatten()
    }

    /// An integer that is not negative.
    pub(super) fn count(&mut self, name: &str) -> Patch<i64> {
        self.take(name, "a number from 0", |value| {
            whole(&value).filter(|number| *number >= 0)
        })
    }

    /// Strings.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let texts = self.take(name, "a list of strings", |value| {
            let values = value.as_array()?;
            values
                .iter()
                .map(|text| text.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        texts.flatten().unwrap_or_default()
    }

    /// Strings, where they are given at all.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<String>> {
        self.fields.contains_key(name).then(|| self.texts(name))
    }

    /// An object.
    pub(super) fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        self.take(name, "an object", |value| match value {
            Value::Object(map) => Some(map),
            _ => None,
        })
        .map(Option::unwrap_or_default)
    }

    /// An instant in RFC 3339, in whole milliseconds.
    pub(super) fn time(&mut self, name: &str) -> Patch<Timestamp> {
        self.take(name, "a time such as 2026-01-02T03:04:05Z", |value| {
            let at: Timestamp = value.as_str()?.parse().ok()?;
            Timestamp::from_millisecond(at.as_millisecond()).ok()
        })
    }

    /// Fields that the protocol knows and this provider has no use for: they are read over.
    pub(super) fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.fields.remove(*name);
        }
    }

    /// Refuses fields that ask for what this provider does not have, unless they ask for nothing.
    pub(super) fn unsupported(&mut self, names: &[&str]) {
        for name in names {
            let asks = match self.fields.remove(*name) {
                None | Some(Value::Null | Value::Bool(false)) => false,
                Some(Value::Array(list)) => !list.is_empty(),
                Some(Value::String(text)) => !text.is_empty(),
                Some(_) => true,
            };
            if asks {
                let text = format!("{name} is not enabled for this instance.");
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                self.refuse(Refusal::new(status, "form_param_not_enabled", text).param(name));
            }
        }
    }

    /// Refuses the request if anything was wrong with its body.
    pub(super) fn finish(mut self) -> Result<(), Refusal> {
        for name in std::mem::take(&mut self.fields).keys() {
            let text = format!("{name} is not a valid parameter for this request.");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            self.refuse(Refusal::new(status, "form_param_unknown", text).param(name));
        }
        if self.wrong.is_empty() {
            return Ok(());
        }
        Err(Refusal {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors: self.wrong,
            retry_after: None,
        })
    }
}

/// A whole number, also one that is written with a point: Python's SDK writes some so.
fn whole(value: &Value) -> Option<i64> {
    let text = value.is_number().then(|| value.to_string())?;
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(value: Value) -> Form {
        let Value::Object(fields) = value else {
            panic!("an object")
        };
        Form::new(fields)
    }

    fn codes(form: Form) -> Vec<(String, String)> {
        let errors = form
            .finish()
            .map_err(|refusal| refusal.errors)
            .err()
            .unwrap_or_default();
        let pair = |item: Item| {
            (
                item.code,
                item.meta["param_name"].as_str().unwrap().to_owned(),
            )
        };
        errors.into_iter().map(pair).collect()
    }

    #[test]
    fn tells_absent_from_cleared() {
        let mut form = form(json!({ "a": "x", "b": null, "d": "  " }));
        assert_eq!(form.name("a"), Some(Some("x".to_owned())));
        assert_eq!(form.name("b"), Some(None));
        assert_eq!(form.name("c"), None);
        assert_eq!(form.name("d"), Some(None));
        assert_eq!(codes(form), []);
    }

    #[test]
    fn names_everything_that_is_wrong() {
        let mut form = form(json!({ "name": 1, "max": -1, "at": "soon", "phone": ["1"], "x": 1 }));
        form.required("name");
        form.required("user_id");
        form.count("max");
        form.time("at");
        form.unsupported(&["phone", "wallet"]);
        let expected = [
            ("form_param_format_invalid", "name"),
            ("form_param_missing", "user_id"),
            ("form_param_format_invalid", "max"),
            ("form_param_format_invalid", "at"),
            ("form_param_not_enabled", "phone"),
            ("form_param_unknown", "x"),
        ];
        let expected = expected.map(|(code, name)| (code.to_owned(), name.to_owned()));
        assert_eq!(codes(form), expected);
    }
}
