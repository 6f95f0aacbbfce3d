//! The OpenAPI document and the pages that are files.

use http::StatusCode;
use serde_json::Value;

use super::app::{get, public};

#[tokio::test]
async fn the_document_is_served_and_complete() {
    let document = get(&public().await, "/api/v1/openapi.json", &[])
        .await
        .json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/api/v1/config"));
    for (path, item) in paths {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(operation["operationId"].is_string(), "{name}");
            assert!(operation["summary"].is_string(), "{name}");
            let responses = operation["responses"].as_object().unwrap();
            for (status, response) in responses {
                assert!(response["description"].is_string(), "{name} {status}");
            }
            for range in ["4XX", "5XX"] {
                let content = &responses[range]["content"]["application/problem+json"];
                assert_eq!(
                    content["schema"]["$ref"], "#/components/schemas/Problem",
                    "{name}"
                );
            }
        }
    }
}

#[tokio::test]
async fn schemas_say_what_is_always_there() {
    let document = get(&public().await, "/api/v1/openapi.json", &[])
        .await
        .json();
    let schema = |name: &str| document["components"]["schemas"][name].clone();
    let required = |name: &str| schema(name)["required"].as_array().unwrap().clone();
    assert_eq!(
        required("Problem"),
        ["type", "title", "status", "code", "requestId"]
    );
    assert!(required("ConfigView").contains(&"mailboxUrl".into()));
    assert_eq!(
        schema("ConfigView")["properties"]["mailboxUrl"]["type"][1],
        "null"
    );
    assert_eq!(schema("RequestId")["format"], "uuid");
    assert_eq!(schema("Problem")["properties"]["detail"]["type"], "string");
}

#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let document = get(&public().await, "/api/v1/openapi.json", &[])
        .await
        .json();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

/// A default that no value of the schema may have makes generated types that nothing fits.
#[tokio::test]
async fn every_default_fits_its_schema() {
    let document = get(&public().await, "/api/v1/openapi.json", &[])
        .await
        .json();
    let (mut found, mut wrong) = (0, Vec::new());
    let mut left = vec![&document];
    while let Some(value) = left.pop() {
        left.extend(value.as_object().into_iter().flat_map(|o| o.values()));
        left.extend(value.as_array().into_iter().flatten());
        if let Some(default) = value.get("default").filter(|_| value.get("type").is_some()) {
            found += 1;
            let types = value["type"].to_string();
            let named = match default {
                Value::Null => "\"null\"",
                Value::Bool(_) => "\"boolean\"",
                Value::Number(_) => "\"integer\"",
                Value::String(_) => "\"string\"",
                Value::Array(_) => "\"array\"",
                Value::Object(_) => "\"object\"",
            };
            let values = value["enum"].as_array();
            let is_listed = values.is_none_or(|values| values.contains(default));
            if !types.contains(named) || !is_listed {
                wrong.push(value);
            }
        } else if value.get("default").is_some() && value.get("$ref").is_some() {
            wrong.push(value);
        }
    }
    assert_eq!(wrong, [&Value::Null; 0]);
    assert!(found > 10, "{found} defaults are hardly all");
}

/// Whether the page has been built decides what is there, not what a client may do with it.
#[tokio::test]
async fn pages_revalidate_and_are_html_or_honestly_absent() {
    let app = public().await;
    for path in ["/", "/orgs/acme/projects", "/api/docs"] {
        let answer = get(&app, path, &[("accept", "text/html,*/*;q=0.8")]).await;
        if answer.status == StatusCode::NOT_FOUND {
            assert_eq!(answer.code(), "NOT_FOUND");
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(
            answer
                .header("content-security-policy")
                .contains("script-src 'self'")
        );
        let tag = answer.header("etag");
        let again = get(
            &app,
            path,
            &[("accept", "text/html"), ("if-none-match", tag)],
        )
        .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        assert_eq!(again.text, "");
    }
    assert_eq!(
        get(&app, "/nothing.js", &[("accept", "*/*")]).await.code(),
        "NOT_FOUND"
    );
}
