//! Forms that are too large, no text, or no forms, at every route that takes one.

use axum::body::Body;
use http::{Request, header};

use super::routes;
use super::stage::{FORM, Stage};
use crate::frontend::world::{Browser, ORIGIN, Reply};

async fn post(browser: &mut Browser, method: &str, path: &str, kind: &str, body: &[u8]) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(format!("/__clerk{path}"))
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, kind);
    browser.send(request, Body::from(body.to_vec())).await
}

/// The routes of the API: what applications of others post to `/oauth` is refused in the words of
/// that protocol.
fn walk() -> impl Iterator<Item = (String, String)> {
    let is_api = |(_, route): &(String, String)| route.starts_with("/v1/");
    routes::walk().into_iter().filter(is_api)
}

/// The routes and methods that read a form: they say so to whoever sends something else.
async fn with_forms(stage: &Stage) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (method, route) in walk() {
        // A stranger, so that nothing happens where nothing is read.
        let mut stranger = stage.world().browser();
        let path = stage.path(&route);
        let reply = post(&mut stranger, &method, &path, "text/plain", b"name=x").await;
        assert!(!reply.status.is_server_error(), "{path}: {}", reply.text);
        if reply.status != 415 {
            continue;
        }
        // Pictures are no forms.
        let reply = post(&mut stranger, &method, &path, FORM, b"name=%ff").await;
        if reply.status != 415 {
            found.push((method, route));
        }
    }
    assert!(found.len() >= 50, "{}", found.len());
    found
}

#[tokio::test]
async fn what_is_no_form_is_refused_before_anything_is_done() {
    let mut stage = Stage::new().await;
    let large = [b"name=".as_slice(), &[b'x'; 70_000]].concat();
    let many = "a=b&".repeat(300);
    let cases: [(&str, &[u8], u16); 9] = [
        (FORM, &large, 413),
        (FORM, many.as_bytes(), 400),
        (FORM, b"name=%ff%fe", 400),
        (FORM, b"name=\xff\xfe", 400),
        (FORM, b"name=a%00b", 400),
        (FORM, b"na%00me=a", 400),
        ("application/json", b"{\"name\":\"x\"}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/x-www-form-urlencoded-not", b"name=x", 415),
    ];
    let routes = with_forms(&stage).await;
    let before = stage.everything().await;
    for (method, route) in routes {
        let path = stage.own(&route);
        for (kind, body, status) in cases {
            let reply = post(&mut stage.ada, &method, &path, kind, body).await;
            assert_eq!(
                reply.status, status,
                "{method} {path} {kind}: {}",
                reply.text
            );
            assert!(reply.text.len() < 1000 && !reply.text.contains("xxxx"));
        }
    }
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn a_query_is_bounded_like_a_form() {
    let stage = Stage::new().await;
    let before = stage.everything().await;
    for (method, route) in walk() {
        for query in ["a=%ff", "a=%00", &"a=b&".repeat(300)] {
            let path = format!("{}&{query}", stage.own(&route));
            let mut stranger = stage.world().browser();
            let reply = post(&mut stranger, &method, &path, FORM, b"").await;
            assert!(!reply.status.is_server_error(), "{path}: {}", reply.text);
        }
    }
    assert_eq!(stage.everything().await, before);
}

/// What forms may hold that is unexpected: numbers where none are, text that is much too long,
/// objects that are lists, deep ones, and what other languages mean by their characters.
fn oddities() -> Vec<String> {
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    vec![
        String::new(),
        " ".to_owned(),
        "-1".to_owned(),
        "99999999999999999999999999".to_owned(),
        "NaN".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "{".to_owned(),
        deep,
        "{\"a\":\"\\u0000\"}".to_owned(),
        "x".repeat(20_000),
        "\u{1F469}\u{200D}\u{1F4BB}".repeat(500),
        "\u{202E}evil\u{2066}".to_owned(),
        "' or 1=1; drop table idp.users; --".to_owned(),
        "../../../../etc/passwd".to_owned(),
        "<script>alert(1)</script>{{7*7}}${7*7}".to_owned(),
        "a\r\nSet-Cookie: x=y".to_owned(),
    ]
}

/// Names of fields that some route reads.
const NAMES: &[&str] = &[
    "action_complete_redirect_url",
    "active_organization_id",
    "additional_scope",
    "backup_code",
    "birthday",
    "code",
    "consented",
    "current_password",
    "email_address",
    "email_address_id",
    "enrollment_mode",
    "first_name",
    "identifier",
    "intent",
    "last_name",
    "level",
    "limit",
    "locale",
    "name",
    "new_password",
    "offset",
    "password",
    "payment_method_id",
    "payment_token",
    "phone_number",
    "phone_number_id",
    "plan_id",
    "plan_period",
    "primary_email_address_id",
    "public_metadata",
    "redirect_url",
    "reserved_for_second_factor",
    "role",
    "seats",
    "sign_out_of_other_sessions",
    "slug",
    "strategy",
    "ticket",
    "token",
    "transfer",
    "unsafe_metadata",
    "user_id",
    "username",
];

#[tokio::test]
async fn odd_values_are_refused_or_taken_as_text_and_never_break_anything() {
    let mut stage = Stage::new().await;
    for (method, route) in with_forms(&stage).await {
        let path = stage.own(&route);
        for value in oddities() {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for name in NAMES.iter().filter(|_| value.len() < 1000) {
                form.append_pair(name, &value);
            }
            form.append_pair("name", &value)
                .append_pair("identifier", &value);
            let body = form.finish();
            let reply = post(&mut stage.ada, &method, &path, FORM, body.as_bytes()).await;
            assert!(
                !reply.status.is_server_error(),
                "{method} {path} {value:.40}: {}",
                reply.text
            );
            assert!(!reply.headers.values().any(|v| v == "x=y"));
        }
    }
    let rest = stage.ada.get("/v1/client").await;
    assert_eq!(rest.status, 200, "{}", rest.text);
}
