//! Who may read, what they find, and how they narrow it.

use bailiwick_kernel::Tier;
use bailiwick_kernel::policy::{BUILTIN, Pack};
use bailiwick_store::audit::read::{Filter, List};
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::{Persona, TestApp};
use serde_json::{Value, json};

use super::{later, projects};
use crate::isolation::placement;

async fn actions(persona: &Persona, query: &str) -> Vec<String> {
    let answer = persona.get(format!("/audit{query}")).await;
    answer.assert_status(200).column("action")
}

#[tokio::test]
async fn owners_and_admins_read_what_was_done() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        projects(&globex, &["canaryglobex"]).await;
        later(&t);
        let project = projects(&acme, &["Alpha"]).await.remove(0);
        for reader in [acme.owner(), acme.admin()] {
            let page = reader.get("/audit?limit=1").await.assert_status(200);
            let entry = &page.json()["data"][0];
            assert_eq!(entry["objectId"], json!(project));
            assert_eq!(entry["actor"]["id"], json!(acme.owner().user().to_string()));
            let all = reader.get("/audit?limit=100").await.assert_status(200);
            assert!(!all.text.contains("canaryglobex"), "{all:?}");
            assert!(!all.text.contains(&globex.id.to_string()), "{all:?}");
        }
        if *tier == Tier::Starter {
            let entry = acme.owner().get("/audit?limit=1").await.redacted()["data"][0].clone();
            insta::assert_json_snapshot!("audit_entry", entry);
        }
        for persona in [acme.manager(), acme.member(), acme.viewer()] {
            for path in ["/audit", "/audit/export"] {
                let _ = persona
                    .get(path)
                    .await
                    .assert_problem(403, "PERMISSION_DENIED");
            }
        }
        let _ = t
            .anonymous()
            .get("/audit")
            .await
            .assert_problem(401, "AUTH_REQUIRED");
    }
}

#[tokio::test]
async fn filters_narrow_and_pages_join() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    later(&t);
    let early = t.now();
    let ids = projects(&acme, &["a", "b", "c"]).await;
    t.advance(jiff::SignedDuration::from_mins(1));
    let renamed = t.now();
    let admin = acme.admin();
    let body = json!({"name": "A", "description": null});
    let _ = admin
        .put(format!("/projects/{}", ids[0]), body)
        .await
        .assert_status(200);
    let owner = acme.owner();

    assert_eq!(
        actions(owner, &format!("?objectId={}", ids[0])).await,
        ["projects.update", "projects.create"]
    );
    assert_eq!(
        actions(owner, &format!("?actorId={}", admin.user())).await,
        ["projects.update"]
    );
    assert_eq!(actions(owner, "?action=projects.create").await.len(), 3);
    assert_eq!(actions(owner, "?objectType=project").await.len(), 4);
    assert_eq!(
        actions(owner, &format!("?from={renamed}")).await,
        ["projects.update"]
    );
    let before = actions(owner, &format!("?to={early}")).await;
    assert!(!before.is_empty());
    assert!(
        before.iter().all(|a| !a.starts_with("projects.")),
        "{before:?}"
    );
    // The database's times begin later than the type's, and end later.
    let (first, last) = ("-009999-01-02T01:59:59Z", "9999-12-30T22:00:00.999999999Z");
    for (range, count) in [
        (format!("from={first}&to={last}"), 4),
        (format!("from={last}"), 0),
        (format!("to={first}"), 0),
    ] {
        let query = format!("?objectType=project&{range}");
        assert_eq!(actions(owner, &query).await.len(), count, "{range}");
        let export = owner.get(format!("/audit/export{query}")).await;
        let export = export.assert_status(200);
        assert_eq!(export.text.lines().count(), count, "{range}");
    }
    let both = format!(
        "?actorId={}&objectId={}&action=projects.create",
        owner.user(),
        ids[0]
    );
    assert_eq!(actions(owner, &both).await, ["projects.create"]);
    assert_eq!(actions(owner, "?action=none.such").await, [""; 0]);

    // Pages of one, of all and of a filter: together they are what one page is.
    for filter in ["", "&objectType=project", "&action=projects.create"] {
        let all = owner
            .get(format!("/audit?limit=100{filter}"))
            .await
            .column("id");
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = owner
                .get(format!("/audit?limit=2{filter}{cursor}"))
                .await
                .assert_status(200);
            found.extend(page.column("id"));
            match page.json()["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(found, all, "{filter}");
    }
    for (query, field) in [
        ("actorId=x", "actorId"),
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("action=", "action"),
        ("objectType=%00", "objectType"),
    ] {
        let _ = owner
            .get(format!("/audit?{query}"))
            .await
            .assert_invalid(&[field]);
    }
    let long = "x".repeat(201);
    let _ = owner
        .get(format!("/audit?objectId={long}"))
        .await
        .assert_invalid(&["objectId"]);
    let _ = owner
        .get("/audit/export?format=xml")
        .await
        .assert_invalid(&["format"]);
}

/// Each filter that leads has an index: a large log is not read through for a few facts.
#[tokio::test]
async fn filters_have_their_indexes() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    super::facts(&t, &acme, (0..3_000).map(|n| json!(n))).await;
    t.tamper("analyze control.audit").await;
    for (condition, index) in [
        ("true", "idx_audit_tenant"),
        ("object_id = '7'", "idx_audit_object"),
        (
            "actor_id = '0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f'",
            "idx_audit_actor",
        ),
        ("action = 'projects.create'", "idx_audit_action"),
    ] {
        let query = format!(
            "explain (format json) select id from control.audit where tenant_id = '{}' and {condition}
             order by at desc, id desc limit 50",
            acme.id
        );
        let plan = plan(&t, &query).await;
        assert!(
            plan.contains(index) && !plan.contains("Seq Scan"),
            "{condition}: {plan}"
        );
    }
}

async fn plan(t: &TestApp, query: &str) -> String {
    let text = format!(
        "create or replace function control.plan() returns text language plpgsql as $$
         declare plan json; begin execute $q${query}$q$ into plan; return plan::text; end $$"
    );
    t.tamper(&text).await;
    let rows = t.rows("select control.plan() as plan").await;
    rows[0]["plan"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_operators_read_is_recorded_where_they_read_it() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for role in ["super_admin", "admin_staff"] {
        let staff = t.staff(role).await.naming(&acme);
        later(&t);
        let query = "/audit?action=organizationMemberships.create&limit=5";
        let _ = staff.get(query).await.assert_status(200);
        let facts = acme.owner().get("/audit?action=audit.read&limit=1").await;
        let fact = &facts.json()["data"][0];
        assert_eq!(fact["actor"]["id"], json!(staff.user().to_string()));
        assert_eq!(
            fact["after"],
            json!({"action": "organizationMemberships.create"})
        );
    }
    let owners = t.audit_count().await;
    let _ = acme.owner().get("/audit").await.assert_status(200);
    assert_eq!(t.audit_count().await, owners, "members read what is theirs");
}

#[tokio::test]
async fn the_installations_own_facts_are_for_who_operates_all_of_it() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    projects(&acme, &["canaryacme"]).await;
    let super_admin = t.staff("super_admin").await;
    later(&t);
    let page = super_admin.get("/audit?limit=100").await.assert_status(200);
    let found = page.column("action");
    assert!(found.contains(&"platform.grant".to_owned()), "{found:?}");
    assert!(!page.text.contains("canaryacme"), "{page:?}");
    later(&t);
    let lines = super_admin
        .get("/audit/export?action=platform.grant")
        .await
        .assert_status(200);
    assert_eq!(lines.text.lines().count(), 1, "{lines:?}");
    let again = super_admin.get("/audit?limit=2").await.column("action");
    assert_eq!(again, ["audit.export", "audit.read"]);

    let admin_staff = t.staff("admin_staff").await;
    let nobody = acme.owner().without_organization();
    for persona in [&admin_staff, &nobody] {
        let answer = persona.get("/audit").await;
        let _ = answer.assert_problem(403, "TENANT_CONTEXT_REQUIRED");
    }
    // Taken away, the power ends with the next request, whatever is remembered.
    let store = t.app.store();
    let revoked =
        bailiwick_store::platform::grant(store, t.app.env(), super_admin.email(), "admin_staff");
    assert_eq!(revoked.await.unwrap(), 1);
    let answer = super_admin.get("/audit").await;
    assert_eq!(answer.status, 403, "{answer:?}");
}

#[tokio::test]
async fn both_who_acted_and_as_whom_are_shown() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let operator = t.staff("super_admin").await;
    let (_, impersonated) = t.act_for(&operator, acme.owner()).await;
    later(&t);
    let _ = impersonated
        .post("/projects", json!({"name": "x"}))
        .await
        .assert_status(201);
    let page = acme.owner().get("/audit?limit=1").await.json();
    let acting = operator.clerk_user_id();
    assert_eq!(page["data"][0]["impersonator"], json!(acting));
    let person = json!({"id": operator.user(), "name": operator.name()});
    assert_eq!(page["data"][0]["impersonatorPerson"], person);
    assert_eq!(
        page["data"][0]["actor"]["id"],
        json!(acme.owner().user().to_string())
    );
}

/// A reach of less than everything (SCP-09): what one did, and what was done to one.
#[tokio::test]
async fn a_narrow_reach_is_what_concerns_oneself() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    projects(&acme, &["by the owner"]).await;
    let door = TenantDoor::new(&placement(&t, &acme).await, Visitor::System("a test"));
    let read = async |who: &Persona| {
        let filter = Filter {
            concerning: Some(who.user()),
            ..Filter::default()
        };
        t.app
            .store()
            .read(&door, &List::new(filter, None, 100))
            .await
            .unwrap()
    };
    for persona in [acme.owner(), acme.member()] {
        let me = persona.user();
        let entries = read(persona).await;
        assert!(!entries.is_empty());
        for entry in entries {
            assert!(
                entry.actor == Some(me) || entry.object_id == me.to_string(),
                "{entry:?}"
            );
        }
    }
    let owners: Vec<Value> = read(acme.owner())
        .await
        .into_iter()
        .filter_map(|e| e.after)
        .collect();
    assert!(
        owners.iter().any(|after| after["name"] == "by the owner"),
        "{owners:?}"
    );
}

/// The same by a policy: who holds the permission for what is their own is shown that, whatever they
/// ask for, and exports no more.
#[tokio::test]
async fn a_policy_may_let_people_read_what_concerns_themselves() {
    let (_, text) = BUILTIN[0];
    let all = r#""audit:read" = { all = ["owner", "admin", "admin_staff"] }"#;
    let own = r#""audit:read" = { all = ["owner", "admin", "admin_staff"], own = ["member"] }"#;
    assert!(text.contains(all));
    let pack = Pack::parse("own.toml", &text.replace(all, own)).unwrap();
    let t = TestApp::options().pack(pack).start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    projects(&acme, &["canary"]).await;
    let (member, owner) = (acme.member(), acme.owner().user());
    let asked = json!({"kind": "refund", "amount": 5, "currency": "EUR"});
    let _ = member.post("/approvals", asked).await.assert_status(201);
    let me = json!(member.user());
    let concerns_me = |entry: &Value| entry["actor"]["id"] == me || entry["objectId"] == me;
    let page = member.get("/audit?limit=100").await.assert_status(200);
    let entries = page.json()["data"].as_array().unwrap().clone();
    assert!(entries.iter().any(|e| e["action"] == "approvals.request"));
    assert!(entries.iter().all(concerns_me), "{page:?}");
    let others = member.get(format!("/audit?actorId={owner}")).await;
    let others = others.assert_status(200).json()["data"].clone();
    assert!(
        others.as_array().unwrap().iter().all(concerns_me),
        "{others}"
    );
    let export = member.get("/audit/export").await.assert_status(200);
    let lines: Vec<Value> = export
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        !lines.is_empty() && lines.iter().all(concerns_me),
        "{export:?}"
    );
    assert!(!page.text.contains("canary") && !export.text.contains("canary"));
    let denied = acme.viewer().get("/audit").await;
    let _ = denied.assert_problem(403, "PERMISSION_DENIED");
}
