//! Making tenants: by itself, by an operator, and what happens where it fails.

use bailiwick_testkit::fixtures::{self, event};
use bailiwick_testkit::{Persona, TestApp};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A person in an organization whose tenant is not made yet: the worker stands still.
async fn waiting(t: &TestApp) -> (Persona, Value) {
    let user = t.unseen_user("Wanda", "Waiting", "wanda@example.com");
    let now = t.now();
    let id = user["id"].as_str().unwrap();
    let org = fixtures::organization("org_new", "New", "new", id, now);
    t.provider.know(&org);
    let membership = fixtures::membership(&org, &user, "org:admin", now);
    for (kind, data) in [
        ("user.created", &user),
        ("organization.created", &org),
        ("organizationMembership.created", &membership),
    ] {
        let message = t.deliver(&event(kind, data, now)).await;
        bailiwick_services::inbox::process(&t.app, &message)
            .await
            .unwrap();
    }
    (
        t.persona(&user).await.within_organization("org_new", "new"),
        org,
    )
}

#[tokio::test]
async fn until_the_tenant_is_made_one_waits() {
    let t = TestApp::start().await;
    let (wanda, _) = waiting(&t).await;
    let refused = wanda
        .get("/projects")
        .await
        .assert_problem(503, "TENANT_PROVISIONING");
    assert_eq!(refused.header("retry-after"), "1");
    let organization = wanda.get("/organizations").await.json()["data"][0].clone();
    assert_eq!(organization["provisioningStatus"], "PENDING");
    let path = format!("/organizations/{}", organization["id"].as_str().unwrap());
    let _ = wanda.get(&path).await.assert_status(200);
    assert_eq!(
        wanda.get("/me").await.json()["organization"]["role"],
        "owner"
    );
    t.settle().await;
    assert_eq!(
        wanda.get(&path).await.text_of("provisioningStatus"),
        "COMPLETED"
    );
    let made = wanda.post("/projects", json!({"name": "Alpha"})).await;
    let _ = made.assert_status(201);
}

#[tokio::test]
async fn what_could_not_be_made_says_so_and_can_be_made_later() {
    let t = TestApp::start().await;
    t.expect_dead();
    let (wanda, org) = waiting(&t).await;
    // The placement cannot be written: the last step fails each time.
    t.tamper("revoke insert on control.placements from bailiwick_app")
        .await;
    t.settle_within(SignedDuration::from_secs(30)).await;
    let refused = wanda
        .get("/projects")
        .await
        .assert_problem(503, "TENANT_PROVISIONING_FAILED");
    assert_ne!(refused.header("retry-after"), "");
    let shown = wanda.get("/organizations").await.assert_status(200);
    assert_eq!(shown.column("provisioningStatus"), ["FAILED"]);
    assert!(!shown.text.contains("placements"), "{shown:?}");

    t.tamper("grant insert on control.placements to bailiwick_app")
        .await;
    let made = t
        .provision(&json!({"clerkOrgId": org["id"]}))
        .await
        .assert_status(201);
    assert_eq!(
        made.json(),
        json!({"clerkOrgId": "org_new", "schemaName": "tenant_shared", "status": "COMPLETED"})
    );
    let _ = wanda.get("/projects").await.assert_status(200);
}

#[tokio::test]
async fn operators_make_tenants_by_key() {
    let t = TestApp::start().await;
    let (wanda, org) = waiting(&t).await;
    let body = json!({"clerkOrgId": org["id"], "orgName": "New"});
    let path = "/internal/orgs/provision";
    let post = |persona: Persona| {
        let request = persona.request_at(reqwest::Method::POST, path).json(&body);
        request.send()
    };
    let stranger = t.operator_with("another");
    assert_eq!(post(stranger).await.status, 401);
    let public = t
        .anonymous()
        .request_at(reqwest::Method::POST, path)
        .json(&body)
        .send()
        .await;
    assert_eq!(public.status, 404, "not on the public listener");

    let _ = t.provision(&body).await.assert_status(201);
    let _ = wanda.get("/projects").await.assert_status(200);
    let again = t.provision(&body).await.assert_status(409);
    assert_eq!(again.text_of("status"), "COMPLETED");
    let _ = t
        .provision(&json!({"clerkOrgId": "org_unknown"}))
        .await
        .assert_problem(404, "NOT_FOUND");
    let _ = t
        .provision(&json!({}))
        .await
        .assert_invalid(&["clerkOrgId"]);
    // One that the mirror has not seen is fetched.
    let unseen = fixtures::organization("org_unseen", "Unseen", "unseen", "user_1", t.now());
    t.provider.know(&unseen);
    let _ = t
        .provision(&json!({"clerkOrgId": "org_unseen"}))
        .await
        .assert_status(201);
    t.settle().await;
}

/// The worker that the product runs, instead of a test that drains the queue.
#[tokio::test]
async fn with_a_worker_it_happens_by_itself() {
    let t = TestApp::options().system_clock().start().await;
    t.run_worker();
    let user = t.unseen_user("Wanda", "Waiting", "wanda@example.com");
    let id = user["id"].as_str().unwrap();
    let org = fixtures::organization("org_new", "New", "new", id, t.now());
    t.provider.know(&org);
    let membership = fixtures::membership(&org, &user, "org:admin", t.now());
    t.provider.know(&membership);
    t.deliver(&event(
        "organizationMembership.created",
        &membership,
        t.now(),
    ))
    .await;
    let wanda = t.persona(&user).await.within_organization("org_new", "new");
    let ask = async || wanda.get("/projects").await;
    let _ = t.eventually(ask, |answer| answer.status == 200).await;
}

/// The request's own try fails; the job that it left goes on, to an end in either case.
#[tokio::test]
async fn what_a_request_could_not_make_the_job_goes_on_with() {
    for is_mended in [true, false] {
        let t = TestApp::start().await;
        t.expect_dead();
        let (wanda, org) = waiting(&t).await;
        t.tamper("revoke insert on control.placements from bailiwick_app")
            .await;
        t.settle_within(SignedDuration::from_secs(30)).await;
        let shown = async || {
            wanda
                .get("/organizations")
                .await
                .column("provisioningStatus")
        };
        assert_eq!(shown().await, ["FAILED"]);

        let body = json!({"clerkOrgId": org["id"]});
        let refused = t.provision(&body).await;
        assert!(refused.status >= 500, "{refused:?}");
        assert_eq!(shown().await, ["IN_PROGRESS"]);
        let under_way = t.provision(&body).await.assert_status(202);
        assert_eq!(under_way.text_of("status"), "IN_PROGRESS");
        let waiting_jobs = "
            select id from control.jobs where kind = 'tenants.provision' and dead_at is null";
        assert_eq!(t.count(waiting_jobs).await, 1);
        if is_mended {
            t.tamper("grant insert on control.placements to bailiwick_app")
                .await;
        }
        t.settle_within(SignedDuration::from_secs(30)).await;
        let expected = if is_mended { "COMPLETED" } else { "FAILED" };
        assert_eq!(shown().await, [expected]);
        assert_eq!(t.count(waiting_jobs).await, 0);
    }
}

/// A request's own try and the job that it left, at the same time.
#[tokio::test]
async fn two_at_once_make_one_tenant() {
    for tier in ["starter", "pro"] {
        let t = TestApp::start().await;
        let (wanda, _) = waiting(&t).await;
        t.tamper(&format!("update control.organizations set tier = '{tier}'"))
            .await;
        let org = t.organization_id("org_new").await;
        let run = || bailiwick_services::provisioning::run(&t.app, org);
        let (first, second) = futures::future::join(run(), run()).await;
        first.unwrap();
        second.unwrap();
        let _ = wanda.get("/projects").await.assert_status(200);
        t.settle().await;
        let facts = t.audit().await.into_iter();
        assert_eq!(facts.filter(|a| a == "tenants.provision").count(), 1);
        assert_eq!(t.count("select 1 from control.placements").await, 1);
    }
}
