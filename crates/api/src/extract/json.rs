//! JSON in and out.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::{Code, Problem};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::refusal;
use crate::problem::ApiProblem;

/// A JSON body.
///
/// In: 415 for another content type, 413 for too much, 400 for what is no JSON, 422 with the field
/// for what does not fit the type. Inputs say `deny_unknown_fields`, so that a typo is no silence.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<S, T> FromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        let bytes = body(request, state).await?;
        Ok(Self(parse(&bytes)?))
    }
}

/// The bytes of a JSON body.
pub(super) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiProblem> {
    if !is_json(request.headers()) {
        let problem = Problem::new(Code::UnsupportedMediaType);
        return Err(problem.detail("Send application/json").into());
    }
    let bytes = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
            _ => Code::MalformedBody,
        })?;
    Ok(bytes)
}

/// Reads `bytes` as one JSON value and nothing after it.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        match error.inner().classify() {
            Category::Data => refusal::of_serde(&path, &error.into_inner().to_string()),
            Category::Io | Category::Syntax | Category::Eof => malformed(error.inner()),
        }
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::new(Code::MalformedBody).detail(format!(
        "The JSON ends or breaks at line {line}, column {column}"
    ))
}

/// `application/json` or `application/<something>+json`, with any parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let essence = value
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    essence == "application/json"
        || essence
            .strip_prefix("application/")
            .is_some_and(|rest| rest.ends_with("+json"))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Input {
        #[expect(dead_code, reason = "only read by serde")]
        project_name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only read by serde")]
        members: Vec<Member>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Member {
        #[expect(dead_code, reason = "only read by serde")]
        id: bailiwick_kernel::id::UserId,
        #[expect(dead_code, reason = "only read by serde")]
        role: bailiwick_kernel::ProjectRole,
    }

    fn refusal(body: &str) -> String {
        parse::<Input>(body.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_does_not_fit_names_its_field() {
        let member = r#"{"id":"0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f","role":"boss"}"#;
        let cases = [
            r#"{}"#.to_owned(),
            r#"{"projectName":7}"#.to_owned(),
            r#"{"projectName":"x","color":1}"#.to_owned(),
            r#"{"projectName":"x","projectName":"y"}"#.to_owned(),
            r#"{"projectName":"x","members":[{"id":"7"}]}"#.to_owned(),
            r#"{"projectName":"x","members":[{}]}"#.to_owned(),
            r#"{"projectName":"x","members":{}}"#.to_owned(),
            format!(r#"{{"projectName":"x","members":[{member}]}}"#),
            r#"[]"#.to_owned(),
            r#"7"#.to_owned(),
        ];
        let report: Vec<_> = cases.iter().map(|case| refusal(case)).collect();
        insta::assert_snapshot!(report.join("\n"), @r"
        VALIDATION_FAILED; projectName: is required
        VALIDATION_FAILED; projectName: has the wrong type
        VALIDATION_FAILED; color: is not known
        VALIDATION_FAILED; projectName: stands twice
        VALIDATION_FAILED; members[0].id: not an id: expected a hyphenated UUID
        VALIDATION_FAILED; members[0].id: is required
        VALIDATION_FAILED; members: has the wrong type
        VALIDATION_FAILED; members[0].role: must be `contributor` or `lead`
        VALIDATION_FAILED; body: has the wrong length
        VALIDATION_FAILED; body: has the wrong type
        ");
    }

    #[test]
    fn what_is_no_json_says_where() {
        for body in [
            "",
            "{",
            "{\"projectName\":}",
            "{\"projectName\":\"x\"} x",
            "\u{feff}{}",
        ] {
            assert!(
                refusal(body).starts_with("MALFORMED_BODY: The JSON"),
                "{body:?}"
            );
        }
        assert_eq!(
            refusal("{\"projectName\":\"x\"}\n}"),
            "MALFORMED_BODY: The JSON ends or breaks at line 2, column 1"
        );
    }

    #[test]
    fn content_types() {
        let check = |value: &str| {
            is_json(&HeaderMap::from_iter([(
                CONTENT_TYPE,
                value.parse().unwrap(),
            )]))
        };
        assert!(check("application/json; charset=utf-8") && check("Application/Merge-Patch+JSON"));
        assert!(!check("text/json") && !check("application/x-www-form-urlencoded") && !check(""));
        assert!(!is_json(&HeaderMap::new()));
    }
}
