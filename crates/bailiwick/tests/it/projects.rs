//! Projects: what they are, what is refused, pages and repetition.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Persona, TestApp};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_project_from_making_to_removing() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let owner = acme.owner();
        let body = json!({"name": "  Alpha  ", "description": "The first\nof many"});
        let made = owner.post("/projects", body).await.assert_status(201);
        insta::assert_json_snapshot!("project", made.redacted());
        let path = format!("/projects/{}", made.id());
        assert_eq!(owner.get(&path).await.json(), made.json());
        assert_eq!(
            owner.get("/projects").await.json()["data"],
            json!([made.json()])
        );

        t.advance(SignedDuration::from_secs(1));
        let changed = owner
            .put(&path, json!({"name": "Beta"}))
            .await
            .assert_status(200);
        assert_eq!(changed.text_of("name"), "Beta");
        assert_eq!(
            changed.json()["description"],
            Value::Null,
            "PUT replaces the whole"
        );
        assert_eq!(changed.json()["createdAt"], made.json()["createdAt"]);
        assert_ne!(changed.json()["updatedAt"], made.json()["updatedAt"]);

        let gone = owner.delete(&path).await.assert_status(204);
        assert_eq!(gone.text, "");
        for answer in [
            owner.get(&path).await,
            owner.put(&path, json!({"name": "Beta"})).await,
            owner.delete(&path).await,
        ] {
            assert_eq!(answer.outcome(), "404 NOT_FOUND", "{}", answer.request);
        }
        t.settle().await;
        let facts = t.rows(
            "select action, origin, before, after, actor_id is not null as actor, tenant_id is not null as tenant
             from control.audit where object_type = 'project' order by ctid",
        );
        insta::assert_json_snapshot!("project_facts", facts.await);
    }
}

#[tokio::test]
async fn bodies_that_are_refused() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let owner = acme.owner();
    let path = format!("/projects/{}", owner.create_project("Alpha").await);
    for (method, path) in [(Method::POST, "/projects"), (Method::PUT, path.as_str())] {
        for (body, fields) in [
            (json!({}), &["name"][..]),
            (json!({"name": null}), &["name"]),
            (json!({"name": 7}), &["name"]),
            (json!({"name": ["Alpha"]}), &["name"]),
            (json!({"name": ""}), &["name"]),
            (json!({"name": "   "}), &["name"]),
            (json!({"name": "x".repeat(201)}), &["name"]),
            (json!({"name": "x".repeat(10_000)}), &["name"]),
            (json!({"name": "two\nlines"}), &["name"]),
            (json!({"name": "nul\u{0}"}), &["name"]),
            (json!({"name": "x", "description": 7}), &["description"]),
            (
                json!({"name": "x", "description": "y".repeat(2001)}),
                &["description"],
            ),
            (
                json!({"name": "", "description": "y".repeat(2001)}),
                &["name", "description"],
            ),
            (json!({"name": "x", "color": "red"}), &["color"]),
            (json!({"name": "x", "tenantId": acme.id}), &["tenantId"]),
            (json!([]), &["body"]),
            (json!("x"), &["body"]),
        ] {
            let answer = owner.request(method.clone(), path).json(&body).send().await;
            assert_eq!(answer.status, 422, "{method} {body}: {answer:?}");
            let _ = answer.assert_invalid(fields);
        }
        let send = |content_type: Option<&'static str>, body: String| {
            let request = owner.request(method.clone(), path).body(body);
            match content_type {
                Some(content_type) => request.header("content-type", content_type),
                None => request,
            }
        };
        let good = json!({"name": "x"}).to_string();
        let json = Some("application/json");
        for (content_type, body, outcome) in [
            (json, "{".to_owned(), "400 MALFORMED_BODY"),
            (json, String::new(), "400 MALFORMED_BODY"),
            (json, format!("{good}{good}"), "400 MALFORMED_BODY"),
            (None, good.clone(), "415 UNSUPPORTED_MEDIA_TYPE"),
            (
                Some("text/plain"),
                good.clone(),
                "415 UNSUPPORTED_MEDIA_TYPE",
            ),
            (
                Some("application/x-www-form-urlencoded"),
                "name=x".to_owned(),
                "415 UNSUPPORTED_MEDIA_TYPE",
            ),
            (
                json,
                format!("{{\"name\":\"{}\"}}", "x".repeat(1024 * 1024)),
                "413 PAYLOAD_TOO_LARGE",
            ),
        ] {
            let shown = body.chars().take(20).collect::<String>();
            let answer = send(content_type, body).send().await;
            assert_eq!(
                answer.outcome(),
                outcome,
                "{method} {content_type:?} {shown}"
            );
        }
        let _ = send(Some("application/json; charset=utf-8"), good)
            .send()
            .await;
    }
    let longest = json!({"name": "é".repeat(200), "description": "y".repeat(2000)});
    let _ = owner.post("/projects", longest).await.assert_status(201);
}

#[tokio::test]
async fn ids_that_are_none_name_nothing() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let unknown = "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f";
    let bare = unknown.replace('-', "");
    for id in [
        unknown,
        "7",
        "x",
        "..",
        "%00",
        "%27%20or%201=1",
        &bare,
        "null",
    ] {
        let answer = acme.owner().get(format!("/projects/{id}")).await;
        assert_eq!(answer.outcome(), "404 NOT_FOUND", "{id}");
    }
}

async fn names(persona: &Persona, query: &str) -> (Vec<String>, Option<String>) {
    let answer = persona
        .get(format!("/projects{query}"))
        .await
        .assert_status(200);
    let next = answer.json()["nextCursor"].as_str().map(str::to_owned);
    (answer.column("name"), next)
}

#[tokio::test]
async fn pages_go_through_everything_once_while_things_change() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let owner = acme.owner();
        let mut ids = Vec::new();
        for n in 0..7 {
            let made = owner
                .post("/projects", json!({"name": format!("p{n}")}))
                .await;
            ids.push(made.id());
            if n % 3 != 0 {
                // Some are as old as others to the millisecond.
                t.advance(SignedDuration::from_secs(1));
            }
        }
        let (mut seen, mut next) = names(owner, "?limit=2").await;
        let _ = owner
            .post("/projects", json!({"name": "newer"}))
            .await
            .assert_status(201);
        let _ = owner
            .delete(format!("/projects/{}", ids[6]))
            .await
            .assert_status(204);
        while let Some(cursor) = next {
            let page = names(owner, &format!("?limit=2&cursor={cursor}")).await;
            assert!(page.0.len() <= 2);
            seen.extend(page.0);
            next = page.1;
        }
        let first = seen.first().cloned();
        assert_eq!(first.as_deref(), Some("p6"), "newest first");
        let mut sorted = seen.clone();
        sorted.sort();
        assert_eq!(
            sorted,
            ["p0", "p1", "p2", "p3", "p4", "p5", "p6"],
            "{seen:?}"
        );
        assert_eq!(names(owner, "").await.0.len(), 7);
        assert_eq!(
            names(owner, "?limit=7").await.1,
            None,
            "no page behind the last"
        );
        t.settle().await;
    }
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
    ] {
        let answer = acme.owner().get(format!("/projects?{query}")).await;
        let _ = answer.assert_invalid(&[field]);
    }
    let (_, cursor) = (
        0,
        acme.owner().get("/organizations?limit=1").await.json()["nextCursor"].clone(),
    );
    assert!(cursor.is_null());
}

#[tokio::test]
async fn a_repeated_request_makes_one_project() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        let keyed = |persona: &Persona| persona.with_header("idempotency-key", "key-1");
        let body = json!({"name": "Alpha"});
        let first = keyed(acme.owner())
            .post("/projects", &body)
            .await
            .assert_status(201);
        let again = keyed(acme.owner())
            .post("/projects", &body)
            .await
            .assert_status(201);
        assert_eq!(first.json(), again.json());
        let other = keyed(acme.owner())
            .post("/projects", json!({"name": "Beta"}))
            .await;
        let _ = other.assert_problem(422, "IDEMPOTENCY_MISMATCH");
        // The key is a person's in a tenant.
        let colleague = keyed(acme.admin())
            .post("/projects", json!({"name": "Beta"}))
            .await;
        assert_ne!(colleague.assert_status(201).id(), first.id());
        let stranger = keyed(globex.owner())
            .post("/projects", json!({"name": "Beta"}))
            .await;
        assert_ne!(stranger.assert_status(201).id(), first.id());
        assert_eq!(
            t.audit()
                .await
                .iter()
                .filter(|a| *a == "projects.create")
                .count(),
            3
        );

        t.advance(SignedDuration::from_hours(25));
        let late = keyed(acme.owner())
            .post("/projects", &body)
            .await
            .assert_status(201);
        assert_ne!(late.id(), first.id(), "a key is remembered for a day");

        // Of many at once, one makes it and all are told the same.
        let racing = acme.owner().with_header("idempotency-key", "race");
        let answers =
            futures::future::join_all((0..8).map(|_| racing.post("/projects", &body))).await;
        let mut ids: Vec<_> = answers
            .into_iter()
            .map(|a| a.assert_status(201).id())
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), 1);
    }
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for key in ["", " ", &"x".repeat(300)] {
        let owner = acme.owner().with_header("idempotency-key", key);
        let answer = owner.post("/projects", json!({"name": "Alpha"})).await;
        assert_eq!(answer.status, 422, "{key:?}: {answer:?}");
    }
}

#[tokio::test]
async fn both_prefixes_lead_to_the_same_project() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let made = acme
        .owner()
        .post("/api/projects", json!({"name": "Alpha"}))
        .await
        .assert_status(201);
    let found = acme
        .owner()
        .get(format!("/api/v1/projects/{}", made.id()))
        .await;
    assert_eq!(found.assert_status(200).json(), made.json());
}
