//! Whatever is done to facts past the product is found: edited, deleted, reordered, added, moved.

use bailiwick_kernel::Tier;
use bailiwick_services::audit::What;
use bailiwick_store::audit::Chain;
use bailiwick_testkit::TestApp;
use serde_json::json;
use uuid::Uuid;

use super::{behind, chained, facts, findings, last, projects, verified};

/// The id of the fact that tells of the project `name`.
async fn fact(t: &TestApp, name: &str) -> Uuid {
    let query = format!(
        "select id from control.audit where action = 'projects.create' and after ->> 'name' = '{name}'"
    );
    t.rows(&query).await[0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn an_edit_of_any_column_is_found() {
    let (t, acme) = chained().await;
    let id = fact(&t, "c").await;
    let keep =
        format!("create table control.kept as select * from control.audit where id = '{id}'");
    t.tamper(&keep).await;
    for change in [
        "at = at + interval '1 microsecond'",
        "origin = 'system'",
        "actor_id = null",
        "actor_id = gen_random_uuid()",
        "impersonator = ''",
        "action = 'projects.delete'",
        "object_type = 'document'",
        "object_id = object_id || '0'",
        "before = '{}'",
        "after = null",
        "after = jsonb_set(after, '{name}', '\"C\"')",
        "after = after || '{\"x\": null}'",
        "request_id = null",
        "address = '10.0.0.1'",
        "key_id = 'other'",
        "mac = set_byte(mac, 32, get_byte(mac, 32) # 1)",
        "mac = set_byte(mac, 0, 2)",
    ] {
        behind(
            &t,
            &format!("update control.audit set {change} where id = '{id}'"),
        )
        .await;
        let found = findings(&t).await;
        let edited = (Chain::of(acme.id), What::Edited(id));
        assert!(found.contains(&edited), "{change}: {found:?}");
        let restore = format!(
            "delete from control.audit where id = '{id}'; insert into control.audit select * from control.kept"
        );
        behind(&t, &restore).await;
        assert_eq!(findings(&t).await, [], "{change}");
    }
}

#[tokio::test]
async fn a_deleted_fact_is_found() {
    for name in ["a", "d", "f"] {
        let (t, acme) = chained().await;
        let id = fact(&t, name).await;
        behind(&t, &format!("delete from control.audit where id = '{id}'")).await;
        assert_eq!(
            findings(&t).await,
            [(Chain::of(acme.id), What::Deleted(id))]
        );
        // Taken out of its link as well, the link does not fit.
        let forget = format!(
            "update control.audit_seals set facts = array_remove(facts, '{id}') where '{id}' = any(facts)"
        );
        behind(&t, &forget).await;
        let found = findings(&t).await;
        assert!(
            matches!(found[..], [(_, What::LinkBroken(_))]),
            "{name}: {found:?}"
        );
    }
}

#[tokio::test]
async fn facts_in_another_order_are_found() {
    let (t, acme) = chained().await;
    let (chain, number) = (Chain::of(acme.id), last(&t, &acme).await);
    let turn = format!(
        "update control.audit_seals set facts = array[facts[2], facts[1]] where chain = '{}' and number = {number}",
        acme.id
    );
    behind(&t, &turn).await;
    assert_eq!(findings(&t).await, [(chain, What::LinkBroken(number))]);
    behind(&t, &turn).await;
    assert_eq!(findings(&t).await, []);

    // Two facts trade what they say, their times or their ids.
    let (one, other) = (fact(&t, "a").await, fact(&t, "e").await);
    for trade in [
        "after = o.after, object_id = o.object_id",
        "at = case when a.id < o.id then o.at + interval '1 hour' else o.at end",
    ] {
        behind(
            &t,
            &format!(
                "update control.audit a set {trade} from control.audit o
                 where (a.id, o.id) in (('{one}', '{other}'), ('{other}', '{one}'))"
            ),
        )
        .await;
        let found = findings(&t).await;
        assert!(
            found.contains(&(chain, What::Edited(one))),
            "{trade}: {found:?}"
        );
    }

    // Two links trade places.
    let (t, acme) = chained().await;
    let (number, id) = (last(&t, &acme).await, acme.id);
    behind(
        &t,
        &format!(
            "alter table control.audit_seals drop constraint audit_seals_pkey;
             update control.audit_seals set number = {number} + {before} - number
             where chain = '{id}' and number >= {before};
             alter table control.audit_seals add constraint audit_seals_pkey primary key (chain, number)",
            before = number - 1
        ),
    )
    .await;
    let found = findings(&t).await;
    for n in [number - 1, number] {
        assert!(
            found.contains(&(Chain::of(id), What::LinkForged(n))),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn what_was_added_from_beside_is_found() {
    let (t, acme) = chained().await;
    let chain = Chain::of(acme.id);
    let id = fact(&t, "c").await;
    let columns = "tenant_id, at, origin, actor_id, impersonator, action, object_type, object_id,
                   before, after, request_id, address, key_id, mac";
    // A copy of a fact under another id, with its MAC; in the queue it would be sealed.
    let copy = format!(
        "insert into control.audit (id, {columns}) select gen_random_uuid(), {columns}
         from control.audit where id = '{id}'"
    );
    behind(&t, &copy).await;
    let found = findings(&t).await;
    assert!(
        matches!(found[..], [(at, What::Stray(_))] if at == chain),
        "{found:?}"
    );
    t.tamper(
        "insert into control.audit_pending (audit_id, chain, mac)
         select a.id, a.tenant_id, a.mac from control.audit a
         where not exists (select 1 from control.audit_seals s where a.id = any(s.facts))",
    )
    .await;
    for _ in 0..2 {
        let found = findings(&t).await;
        assert!(
            matches!(found[..], [(at, What::Edited(_))] if at == chain),
            "{found:?}"
        );
        t.seal().await;
    }
}

#[tokio::test]
async fn a_fact_that_moved_to_another_tenant_is_found_in_both() {
    let (t, acme) = chained().await;
    let globex = t.tenant("globex", Tier::Starter).await;
    t.seal().await;
    let id = fact(&t, "b").await;
    let r#move = format!(
        "update control.audit set tenant_id = '{}' where id = '{id}'",
        globex.id
    );
    behind(&t, &r#move).await;
    let found = findings(&t).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&(Chain::of(acme.id), What::Deleted(id))));
    assert!(found.contains(&(Chain::of(globex.id), What::Stray(id))));
}

#[tokio::test]
async fn facts_that_wait_are_facts_all_the_same() {
    let (t, acme) = chained().await;
    let chain = Chain::of(acme.id);
    projects(&acme, &["waits"]).await;
    let id = fact(&t, "waits").await;
    assert_eq!(verified(&t).await.pending, 1);
    behind(
        &t,
        &format!("update control.audit set address = 'x' where id = '{id}'"),
    )
    .await;
    assert_eq!(findings(&t).await, [(chain, What::Edited(id))]);
    behind(&t, &format!("delete from control.audit where id = '{id}'")).await;
    assert_eq!(findings(&t).await, [(chain, What::Deleted(id))]);
    let (t, acme) = chained().await;
    projects(&acme, &["waits"]).await;
    let id = fact(&t, "waits").await;
    t.tamper("delete from control.audit_pending").await;
    assert_eq!(findings(&t).await, [(Chain::of(acme.id), What::Stray(id))]);
}

/// What the database makes of JSON, times and text gives the same MAC.
#[tokio::test]
async fn every_value_survives_the_database() {
    let t = TestApp::options().system_clock().start().await;
    let acme = t.tenant("acme", Tier::Pro).await;
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(0.1),
        json!(-0.0),
        json!(1e16),
        json!(1e300),
        json!(-2.5e-300),
        json!(5e-324),
        json!(0.30000000000000004),
        json!(123_456_789.123_456_78),
        json!("ä\u{1F600}\"\\\n\u{7f}"),
        json!(["", [], {}]),
        json!({"b": 1, "a": {"z": null, "aa": [1, 2.5, "x"]}, "": "", "\u{e4}": 1}),
    ];
    let mut random = 1_u64;
    let floats = (0..300).map(|_| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        json!(f64::from_bits(random))
    });
    facts(&t, &acme, values.into_iter().chain(floats)).await;
    assert_eq!(findings(&t).await, []);
    t.seal().await;
    assert_eq!(findings(&t).await, []);
}

/// A chain longer than any page of the walk.
#[tokio::test]
async fn a_long_chain_is_walked_to_its_end() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    facts(&t, &acme, (0..4_500).map(|n| json!(n))).await;
    t.seal().await;
    for n in 0..50 {
        facts(&t, &acme, [json!(n)]).await;
        bailiwick_services::audit::seal(&t.app).await.unwrap();
    }
    facts(&t, &acme, (0..2_500).map(|n| json!(n))).await;
    let report = verified(&t).await;
    assert_eq!((report.findings, report.pending), (vec![], 2_500));
    let all = i64::try_from(report.facts + report.pending).unwrap();
    assert_eq!(all, t.audit_count().await);
    behind(&t, "delete from control.audit where action = 'tests.add'").await;
    let found = findings(&t).await;
    assert_eq!(
        (found.len(), found.last().map(|(_, what)| what)),
        (51, Some(&What::More))
    );
}
