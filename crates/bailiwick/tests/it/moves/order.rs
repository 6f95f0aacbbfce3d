//! Changes that meet a constraint in one order or the other.

use bailiwick_kernel::Tier;
use serde_json::json;

use super::{assert_one_home, fill, rows, server, walk, want};

/// A statement of somebody who works in the tenant, noted as theirs are.
async fn work(t: &bailiwick_testkit::TestApp, statement: &str) {
    let noted = format!("begin; set local app.capture = 'on'; {statement}; commit");
    t.tamper(&noted).await;
}

/// While rows are copied: one is deleted and another takes its place in a unique key; a parent is
/// deleted after its children were given to another; two rows change places.
#[tokio::test]
async fn keys_and_parents_change_hands_while_rows_are_copied() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 20).await;
    want(&t, &acme, Tier::Pro).await;
    let tenant = acme.id;
    let picked = |n: usize| {
        format!(
            "(select id from tenant_shared.projects where tenant_id = '{tenant}' order by id offset {n} limit 1)"
        )
    };
    let mut done = 0;
    let mut expected = Vec::new();
    walk(&t, &acme, async |_| {
        let step = t.rows("select step, at_table from control.moves").await;
        let late = step.first().is_some_and(|m| {
            m["step"] == "VERIFYING" || (m["step"] == "COPYING" && m["at_table"] == "documents")
        });
        if !late || done == 3 {
            return;
        }
        let statement = match done {
            0 => format!(
                "with gone as (delete from tenant_shared.project_members where tenant_id = '{tenant}'
                   and project_id = {} returning tenant_id, project_id, member_id, project_role, added_by, created_at)
                 insert into tenant_shared.approvals (tenant_id, id, kind, amount, currency, requested_by, created_at)
                 select tenant_id, gen_random_uuid(), 'once', 1, 'EUR', member_id, created_at from gone;
                 insert into tenant_shared.project_members (tenant_id, id, project_id, member_id, project_role, added_by, created_at)
                 values ('{tenant}', gen_random_uuid(), {}, '{owner}', 'contributor', '{owner}', now())",
                picked(0),
                picked(0),
                owner = acme.owner().user(),
            ),
            1 => format!(
                "update tenant_shared.documents set project_id = {} where tenant_id = '{tenant}' and project_id = {};
                 delete from tenant_shared.projects where tenant_id = '{tenant}' and id = {}",
                picked(2),
                picked(1),
                picked(1),
            ),
            _ => format!(
                "update tenant_shared.documents set s3_key = s3_key || '-x' where tenant_id = '{tenant}' and project_id = {a};
                 update tenant_shared.documents set s3_key = 'org/x/' || {a} where tenant_id = '{tenant}' and project_id = {b};
                 update tenant_shared.documents set s3_key = 'org/x/' || {b} where tenant_id = '{tenant}' and project_id = {a}",
                a = picked(5),
                b = picked(6),
            ),
        };
        work(&t, &statement).await;
        done += 1;
        expected = rows(&t, &acme, "tenant_shared").await;
    })
    .await;
    assert_eq!(done, 3);
    let own = assert_one_home(&t, &acme).await;
    assert_eq!(rows(&t, &acme, &own).await, expected);
    assert_ne!(expected, [json!(null); 0]);
}

/// More is written at once than is brought over at once, and half of it points to the other half.
#[tokio::test]
async fn a_flood_comes_along_without_beginning_again() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 5).await;
    want(&t, &acme, Tier::Pro).await;
    let (tenant, owner) = (acme.id, acme.owner().user());
    let flood = format!(
        "with made as (
           insert into tenant_shared.projects (tenant_id, id, name, created_by, created_at, updated_at)
           select '{tenant}', gen_random_uuid(), 'Flood ' || n, '{owner}', now(), now()
           from generate_series(1, 1500) n returning id)
         insert into tenant_shared.project_members (tenant_id, id, project_id, member_id, project_role, added_by, created_at)
         select '{tenant}', gen_random_uuid(), id, '{owner}', 'lead', '{owner}', now() from made"
    );
    let mut expected = Vec::new();
    walk(&t, &acme, async |_| {
        let moves = t.rows("select step, restarts from control.moves").await;
        assert!(moves.iter().all(|m| m["restarts"] == 0), "it began again");
        if expected.is_empty() && moves.iter().any(|m| m["step"] == "VERIFYING") {
            work(&t, &flood).await;
            expected = rows(&t, &acme, "tenant_shared").await;
        }
    })
    .await;
    let own = assert_one_home(&t, &acme).await;
    assert_eq!(rows(&t, &acme, &own).await, expected);
}
