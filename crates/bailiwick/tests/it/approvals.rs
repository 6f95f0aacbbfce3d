//! Approvals: asking and deciding, whose one sees, and windows that are part of the statement.

use bailiwick_kernel::Tier;
use bailiwick_kernel::policy::{Extent, Window};
use bailiwick_testkit::{Answer, Persona, TestApp, World};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

fn advance() -> Value {
    json!({"kind": "cash_advance", "amount": 12_500, "currency": "EUR", "note": "For the rent"})
}

async fn ask(persona: &Persona) -> Answer {
    persona
        .post("/approvals", advance())
        .await
        .assert_status(201)
}

#[tokio::test]
async fn one_asks_and_another_decides() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let (member, admin) = (acme.member(), acme.admin());
        let asked = ask(member).await;
        insta::assert_json_snapshot!("approval", asked.redacted());
        let path = format!("/approvals/{}", asked.id());
        assert_eq!(member.get(&path).await.json(), asked.json());
        assert_eq!(admin.get(&path).await.json()["canDecide"], true);

        let _ = member
            .post(format!("{path}/approve"), json!({}))
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let decided = admin
            .post(format!("{path}/approve"), json!({"note": "Fine"}))
            .await;
        let decided = decided.assert_status(200);
        insta::assert_json_snapshot!("approval_decided", decided.redacted());
        assert_eq!(admin.get(&path).await.json(), decided.json());
        for verb in ["approve", "reject"] {
            let again = acme.owner().post(format!("{path}/{verb}"), json!({})).await;
            let _ = again.assert_problem(409, "CONFLICT");
        }
        let facts = t.rows(
            "select action, before, after, actor_id is not null as actor from control.audit
             where object_type = 'approval' order by ctid",
        );
        insta::assert_json_snapshot!(
            "approval_facts",
            bailiwick_testkit::redact(facts.await.into())
        );
    }
}

#[tokio::test]
async fn nobody_decides_on_their_own_and_of_two_one_does() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let own = ask(acme.admin()).await;
    assert_eq!(own.json()["canDecide"], false);
    let path = format!("/approvals/{}", own.id());
    let refused = acme
        .admin()
        .post(format!("{path}/approve"), json!({}))
        .await;
    let refused = refused.assert_problem(403, "PERMISSION_DENIED").json();
    assert_eq!(refused["refusal"]["reason"], "own_request");
    let (yes, no) = tokio::join!(
        acme.owner().post(format!("{path}/approve"), json!({})),
        acme.owner().post(format!("{path}/reject"), json!({})),
    );
    let mut outcomes = [yes.outcome(), no.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["200", "409 CONFLICT"]);
    // The database holds to it as well.
    let own = ask(acme.admin()).await.id();
    let user = acme.admin().user();
    let schema = t.rows("select schema_name from control.placements").await;
    let schema = schema[0]["schema_name"].as_str().unwrap().to_owned();
    let forged = t
        .rows(&format!(
            "select 1 from {schema}.approvals where id = '{own}' and requested_by = '{user}' and decided_by is null"
        ))
        .await;
    assert_eq!(forged.len(), 1);
}

#[tokio::test]
async fn one_sees_ones_own_and_strangers_nothing() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        let (mine, theirs) = (
            ask(acme.member()).await.id(),
            ask(acme.manager()).await.id(),
        );
        let other = ask(globex.member()).await.id();
        let seen = async |persona: &Persona| {
            let mut ids = persona
                .get("/approvals")
                .await
                .assert_status(200)
                .column("id");
            ids.sort();
            ids
        };
        assert_eq!(seen(acme.member()).await, std::slice::from_ref(&mine));
        assert_eq!(seen(acme.owner()).await.len(), 2);
        assert_eq!(seen(globex.owner()).await, std::slice::from_ref(&other));
        let _ = acme
            .viewer()
            .get("/approvals")
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        for (persona, id) in [
            (acme.member(), &theirs),
            (acme.owner(), &other),
            (globex.owner(), &mine),
        ] {
            let path = format!("/approvals/{id}");
            let _ = persona.get(&path).await.assert_problem(404, "NOT_FOUND");
            let decided = persona.post(format!("{path}/approve"), json!({})).await;
            assert!(matches!(decided.status, 403 | 404), "{decided:?}");
        }
        // A page grant opens all of them, and the right to decide.
        let path = format!(
            "/organizations/{}/members/{}/grants",
            acme.id,
            acme.viewer().user()
        );
        let version = acme.owner().get(&path).await.json()["version"].clone();
        let body = json!({"version": version, "pages": {"approvals": {"approve": true}}});
        let _ = acme.owner().put(&path, body).await.assert_status(200);
        assert_eq!(seen(acme.viewer()).await.len(), 2);
        let decided = acme
            .viewer()
            .post(format!("/approvals/{theirs}/reject"), json!({}))
            .await;
        assert_eq!(decided.assert_status(200).text_of("status"), "REJECTED");
        let open = acme
            .owner()
            .get("/approvals?status=PENDING")
            .await
            .column("id");
        assert_eq!(open, [mine]);
    }
}

#[tokio::test]
async fn pages_repetition_and_bodies_that_are_refused() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let member = acme.member();
    for _ in 0..5 {
        let _ = ask(member).await;
        t.advance(SignedDuration::from_secs(1));
    }
    let mut seen = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = member
            .get(format!("/approvals{query}"))
            .await
            .assert_status(200);
        seen.extend(page.column("id"));
        match page.json()["nextCursor"].as_str() {
            Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (5, 5));

    let keyed = member.with_header("idempotency-key", "once");
    let first = keyed.post("/approvals", advance()).await.assert_status(201);
    let again = keyed.post("/approvals", advance()).await.assert_status(201);
    assert_eq!(first.json(), again.json());

    for (change, field) in [
        (json!({"kind": ""}), "kind"),
        (json!({"kind": "x".repeat(65)}), "kind"),
        (json!({"amount": 0}), "amount"),
        (json!({"amount": -1}), "amount"),
        (json!({"amount": 1.5}), "amount"),
        (json!({"amount": 1_000_000_000_000_001_i64}), "amount"),
        (json!({"currency": "eur"}), "currency"),
        (json!({"currency": "EURO"}), "currency"),
        (json!({"note": "x".repeat(2001)}), "note"),
        (json!({"requestedBy": acme.owner().user()}), "requestedBy"),
        (json!({"tenantId": acme.id}), "tenantId"),
    ] {
        let mut body = advance();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = member.post("/approvals", &body).await;
        assert_eq!(answer.status, 422, "{body}: {answer:?}");
        let _ = answer.assert_invalid(&[field]);
    }
    let _ = member
        .get("/approvals?status=OPEN")
        .await
        .assert_invalid(&["status"]);
}

/// The barber's page in the booking product: own advances by role, and no more without a grant.
#[tokio::test]
async fn a_barber_asks_for_an_advance() {
    let pack = bailiwick_kernel::policy::builtin("booking")
        .unwrap()
        .unwrap();
    let t = TestApp::options().pack(pack).start().await;
    let branch = t.tenant("branch", Tier::Starter).await;
    let asked = ask(branch.persona("barber")).await.id();
    let path = format!("/approvals/{asked}");
    let _ = branch.persona("barber").get(&path).await.assert_status(200);
    for role in ["staff", "customer", "branch_admin"] {
        let _ = branch
            .persona(role)
            .get(&path)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let _ = branch
            .persona(role)
            .post("/approvals", advance())
            .await
            .assert_problem(403, "PERMISSION_DENIED");
    }
    let helper = t.staff("admin_staff").await.naming(&branch);
    let _ = helper.get(&path).await.assert_status(200);
    let _ = helper
        .post(format!("{path}/approve"), json!({}))
        .await
        .assert_problem(403, "PERMISSION_DENIED");
    let all = t.staff("super_admin").await.naming(&branch);
    let _ = all
        .post(format!("{path}/approve"), json!({}))
        .await
        .assert_status(200);
}

/// A row, by days from now and by who asked.
type Row = (i64, usize);

fn sees(extent: Extent, days: i64, is_mine: bool, t: &TestApp) -> bool {
    let at = t.now() + SignedDuration::from_hours(24 * days);
    let within = |window: Option<Window>| window.is_some_and(|w| w.contains(t.now(), at));
    within(extent.all) || is_mine && within(extent.own)
}

async fn place(t: &TestApp, acme: &World, rows: &[Row]) -> Vec<(String, Row)> {
    let schema = t.rows("select schema_name from control.placements").await;
    let schema = schema[0]["schema_name"].as_str().unwrap().to_owned();
    let mut placed = Vec::new();
    for (days, who) in rows {
        let persona = [acme.member(), acme.manager()][*who];
        let id = ask(persona).await.id();
        let at = t.now() + SignedDuration::from_hours(24 * days);
        t.tamper(&format!(
            "update {schema}.approvals set created_at = '{at}' where id = '{id}'"
        ))
        .await;
        placed.push((id, (*days, *who)));
    }
    placed
}

/// What the statements show is what the model says, for random rows, windows and grants.
#[tokio::test]
async fn statements_and_the_model_agree_on_windows() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Pro).await;
    let (member, pack) = (acme.member(), t.app.pack());
    let config = Config {
        rng_seed: RngSeed::Fixed(11),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let rows = proptest::collection::vec((-40..10_i64, 0..2_usize), 30);
    let rows = rows.new_tree(&mut runner).unwrap().current();
    let placed = place(&t, &acme, &rows).await;
    let path = format!(
        "/organizations/{}/members/{}/grants",
        acme.id,
        member.user()
    );
    let days = || proptest::option::of(0..40_u16);
    let mut looked = std::collections::BTreeSet::new();
    for _ in 0..24 {
        let strategy = (days(), days(), prop::bool::weighted(0.8));
        let (back, forward, is_granted) = strategy.new_tree(&mut runner).unwrap().current();
        let window = Window {
            back_days: back,
            forward_days: forward,
        };
        let pages = if is_granted {
            json!({"approvals": {"view": true, "window": window}})
        } else {
            json!({})
        };
        let version = acme.owner().get(&path).await.json()["version"].clone();
        let body = json!({"version": version, "pages": pages});
        let _ = acme.owner().put(&path, body).await.assert_status(200);

        let extent = Extent {
            all: is_granted.then_some(window),
            project: None,
            own: Some(Window::OPEN),
        };
        let expected: std::collections::BTreeSet<&String> = placed
            .iter()
            .filter(|(_, (days, who))| sees(extent, *days, *who == 0, &t))
            .map(|(id, _)| id)
            .collect();
        let page = member.get("/approvals?limit=100").await.assert_status(200);
        let listed = page.column("id");
        assert_eq!(
            listed.iter().collect::<std::collections::BTreeSet<_>>(),
            expected,
            "{extent:?}"
        );
        looked.insert(expected.len());
        let (id, (days, who)) = &placed[looked.len() % placed.len()];
        let found = member.get(format!("/approvals/{id}")).await;
        let is_seen = sees(extent, *days, *who == 0, &t);
        assert_eq!(
            found.status,
            if is_seen { 200 } else { 404 },
            "{extent:?} {days}"
        );
    }
    assert!(looked.len() > 4, "the windows hardly differed: {looked:?}");
    assert!(pack.page("approvals").is_some());
}
