//! What tickets do, for whom, and what is recorded.

use bailiwick_api::policies;
use bailiwick_example_tickets::MODULES;
use bailiwick_kernel::Tier;
use bailiwick_kernel::policy::{BUILTIN, Pack};
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::TestApp;
use serde_json::json;

use crate::{guest, opened, printer, start, start_with};

#[tokio::test]
async fn a_ticket_is_opened_read_changed_and_deleted_with_a_fact_for_each_change() {
    for tier in Tier::ALL {
        let t = start().await;
        let a = t.tenant("acme", *tier).await;
        let (member, admin) = (a.member(), a.admin());
        let made = member.post("/tickets", printer()).await.assert_status(201);
        let path = format!("/tickets/{}", made.id());
        assert_eq!(made.text_of("status"), "open");
        assert_eq!(made.json()["openedBy"]["name"], member.name());
        assert_eq!(made.json()["canUpdate"], true);
        let read = guest(&a).get(&path).await.assert_status(200).json();
        assert_eq!(read["title"], "The printer is on fire");
        assert_eq!(read["canUpdate"], false);

        let close = json!({"status": "closed", "description": " "});
        let closed = admin.patch(&path, &close).await.assert_status(200).json();
        assert_eq!(closed["status"], "closed");
        assert_eq!(closed["description"], json!(null));
        assert_eq!(closed["priority"], "high", "what is absent stays");
        // The same once more changes nothing, and there is no fact of nothing.
        assert_eq!(
            admin.patch(&path, &close).await.assert_status(200).json(),
            closed
        );
        let _ = admin.delete(&path).await.assert_status(204);
        let _ = admin.get(&path).await.assert_problem(404, "NOT_FOUND");

        let facts =
            "select action, object_type, object_id, actor_id, before, after from control.audit
                     where action like 'tickets.%' order by ctid";
        let facts = t.rows(facts).await;
        let actions: Vec<_> = facts
            .iter()
            .map(|f| f["action"].as_str().unwrap())
            .collect();
        assert_eq!(
            actions,
            ["tickets.create", "tickets.update", "tickets.delete"]
        );
        for (fact, by) in facts.iter().zip([member, admin, admin]) {
            assert_eq!(fact["object_type"], "ticket");
            assert_eq!(fact["object_id"], made.id());
            assert_eq!(fact["actor_id"], by.user().to_string());
        }
        assert_eq!(facts[0]["before"], json!(null));
        assert_eq!(facts[1]["before"]["status"], "open");
        assert_eq!(facts[1]["after"]["status"], "closed");
        assert_eq!(facts[2]["after"], json!(null));
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_field() {
    let t = start().await;
    let a = t.tenant("acme", Tier::Starter).await;
    let path = format!("/tickets/{}", opened(a.member()).await);
    let with = |name: &str, value: serde_json::Value| {
        let mut body = printer();
        body[name] = value;
        body
    };
    for (name, value) in [
        ("title", json!("")),
        ("title", json!("x".repeat(201))),
        ("title", json!("two\nlines")),
        ("description", json!("x".repeat(10_001))),
        ("priority", json!("urgent")),
        ("category", json!(" ")),
        ("status", json!("gone")),
        ("color", json!("red")),
    ] {
        let body = with(name, value.clone());
        let _ = a
            .member()
            .post("/tickets", body)
            .await
            .assert_invalid(&[name]);
        let change = json!({name: value});
        let _ = a
            .member()
            .patch(&path, change)
            .await
            .assert_invalid(&[name]);
    }
    let refused = guest(&a).post("/tickets", printer()).await;
    let refused = refused.assert_problem(403, "PERMISSION_DENIED").json();
    assert_eq!(refused["refusal"]["permission"], "tickets:create");
    let _ = t
        .anonymous()
        .get("/tickets")
        .await
        .assert_problem(401, "AUTH_REQUIRED");
    let home = t.app.store().find_placement(a.id).await.unwrap().unwrap();
    let tickets = format!("select 1 from {}.tickets", home.schema);
    assert_eq!(t.count(&tickets).await, 1);
}

#[tokio::test]
async fn a_repeated_request_opens_one_ticket() {
    let t = start().await;
    let a = t.tenant("acme", Tier::Pro).await;
    let once = a.member().with_header("idempotency-key", "printer-1");
    let first = once.post("/tickets", printer()).await.assert_status(201);
    let again = once.post("/tickets", printer()).await.assert_status(201);
    assert_eq!(first.json(), again.json());
    let other = once.post(
        "/tickets",
        json!({"title": "x", "priority": "low", "category": "y"}),
    );
    let _ = other.await.assert_problem(422, "IDEMPOTENCY_MISMATCH");
    assert_eq!(a.member().get("/tickets").await.column("id"), [first.id()]);
}

#[tokio::test]
async fn a_list_is_filtered_and_comes_in_pages() {
    let t = start().await;
    let a = t.tenant("acme", Tier::Starter).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, opened(a.member()).await);
        t.advance(jiff::SignedDuration::from_secs(1));
    }
    let done = json!({"status": "closed"});
    let _ = a
        .admin()
        .patch(format!("/tickets/{}", ids[1]), done)
        .await
        .assert_status(200);
    let open = a.member().get("/tickets?status=open").await;
    let but_closed = [&ids[..1], &ids[2..]].concat();
    assert_eq!(open.column("id"), but_closed);
    assert_eq!(
        a.member().get("/tickets?status=closed").await.column("id"),
        [ids[1].as_str()]
    );

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = a.member().get(format!("/tickets?limit=2{cursor}")).await;
        seen.extend(page.column("id"));
        match page.json()["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ids);
    let _ = a
        .member()
        .get("/tickets?cursor=AA")
        .await
        .assert_invalid(&["cursor"]);
}

/// The attack: somebody of another organization who knows the id.
#[tokio::test]
async fn another_tenants_ticket_does_not_exist() {
    for (first, second) in [
        (Tier::Starter, Tier::Starter),
        (Tier::Starter, Tier::Pro),
        (Tier::Pro, Tier::Pro),
    ] {
        let t = start().await;
        let (a, b) = (
            t.tenant("acme", first).await,
            t.tenant("globex", second).await,
        );
        let of_a = opened(a.member()).await;
        let of_b = opened(b.member()).await;
        let path = format!("/tickets/{of_a}");
        for answer in [
            b.owner().get(&path).await,
            b.owner().patch(&path, json!({"status": "closed"})).await,
            b.owner().delete(&path).await,
        ] {
            assert_eq!(answer.outcome(), "404 NOT_FOUND", "{}", answer.request);
            assert!(!answer.text.contains("printer"), "{}", answer.text);
        }
        assert_eq!(b.owner().get("/tickets").await.column("id"), [of_b]);
        assert_eq!(a.owner().get(&path).await.text_of("status"), "open");
        door_of_another(&t, b.id, &of_a).await;
    }
}

/// Below the rules: the statement itself, through the door of the wrong tenant.
async fn door_of_another(t: &TestApp, wrong: bailiwick_kernel::id::OrgId, ticket: &str) {
    use bailiwick_example_tickets::store::{Delete, Get};
    let id = ticket.parse().unwrap();
    let store = t.app.store();
    let placement = store.find_placement(wrong).await.unwrap().unwrap();
    let door = TenantDoor::new(&placement, Visitor::System("a test"));
    assert!(
        store
            .read(&door, &Get::new(id, None))
            .await
            .unwrap()
            .is_none()
    );
    let mut tx = store.enter(&door).await.unwrap();
    assert_eq!(tx.write(&Delete::new(id)).await.unwrap(), 0);
}

/// A member of both organizations, with the other one active, is told to switch.
#[tokio::test]
async fn who_belongs_there_too_is_told_so() {
    let t = start().await;
    let (a, b) = (
        t.tenant("acme", Tier::Starter).await,
        t.tenant("globex", Tier::Pro).await,
    );
    let both = t.unseen_user("Both", "Traveller", "both@example.com");
    t.join(&a, &both, "org:member").await;
    t.join(&b, &both, "org:member").await;
    let both = t.persona(&both).await.within(&b);
    let path = format!("/tickets/{}", opened(a.member()).await);
    let _ = both
        .get(&path)
        .await
        .assert_problem(403, "TENANT_CONTEXT_MISMATCH");
    let _ = both
        .delete(&path)
        .await
        .assert_problem(403, "TENANT_CONTEXT_MISMATCH");
    let _ = both.within(&a).get(&path).await.assert_status(200);
}

/// A policy in which guests see what they opened, and nothing else.
#[tokio::test]
async fn with_reach_own_there_is_nothing_else() {
    let (_, text) = BUILTIN.iter().find(|(name, _)| *name == "tickets").unwrap();
    let narrow = text
        .replace(
            "\"tickets:read\" = { all = [\"guest_member\", \"admin_staff\"] }",
            "\"tickets:read\" = { all = [\"admin_staff\"], own = [\"guest_member\"] }",
        )
        .replace(
            "\"tickets:create\" = { all = [\"admin_staff\"] }",
            "\"tickets:create\" = { all = [\"admin_staff\", \"guest_member\"] }",
        )
        .replace(
            "\"tickets:update\" = { all = [\"admin_staff\"] }",
            "\"tickets:update\" = { all = [\"admin_staff\", \"guest_member\"] }",
        );
    let pack = Pack::parse_with("narrow.toml", &narrow, &policies(MODULES)).unwrap();
    for tier in Tier::ALL {
        let t =
            start_with(Pack::parse_with("narrow.toml", &narrow, &policies(MODULES)).unwrap()).await;
        let a = t.tenant("acme", *tier).await;
        let (of_member, of_guest) = (opened(a.member()).await, opened(guest(&a)).await);
        assert_eq!(
            guest(&a).get("/tickets").await.column("id"),
            [of_guest.as_str()]
        );
        let (theirs, own) = (
            format!("/tickets/{of_member}"),
            format!("/tickets/{of_guest}"),
        );
        let close = json!({"status": "closed"});
        let _ = guest(&a)
            .get(&theirs)
            .await
            .assert_problem(404, "NOT_FOUND");
        let _ = guest(&a)
            .patch(&theirs, &close)
            .await
            .assert_problem(404, "NOT_FOUND");
        let _ = guest(&a).get(&own).await.assert_status(200);
        let _ = guest(&a).patch(&own, &close).await.assert_status(200);
        assert_eq!(a.member().get("/tickets").await.column("id").len(), 2);
    }
    assert_eq!(pack.name(), "tickets");
}
