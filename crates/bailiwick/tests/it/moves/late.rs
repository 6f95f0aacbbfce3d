//! What comes where a move has been already.

use bailiwick_kernel::Tier;
use bailiwick_store::moves::Order;
use serde_json::json;

use super::{assert_one_home, fill, server, walk, want};

/// The table is known to the database and not to the run that copies.
#[tokio::test]
async fn what_is_noted_of_a_new_table_is_not_thrown_away() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 3).await;
    want(&t, &acme, Tier::Pro).await;
    let tenant = acme.id;
    let mut is_seen = false;
    walk(&t, &acme, async |_| {
        let Some(open) = t.app.store().find_move(tenant).await.unwrap() else {
            return;
        };
        if is_seen || open.at_table.is_none() {
            return;
        }
        is_seen = true;
        let note = "insert into tenant_shared.move_log (tenant_id, table_name, key)";
        t.tamper(&format!("{note} values ('{tenant}', 'approvals', '{{x}}')"))
            .await;
        let home = t.app.store().standing(tenant).await.unwrap().unwrap().home;
        let mut tables = t.app.store().movable_tables(&open.from).await.unwrap();
        tables.retain(|table| table.name != "approvals");
        let (tx, held) = t
            .app
            .store()
            .lock_move(tenant, true)
            .await
            .unwrap()
            .unwrap();
        let mut mover = t
            .app
            .store()
            .enter_move(tx, &held, &home, tables)
            .await
            .unwrap();
        let caught = mover.catch_up(100, None, Order::DeletesFirst).await;
        assert!(matches!(caught, Err(bailiwick_store::Error::Refused)));
        drop(mover);
        let noted = "select 1 from tenant_shared.move_log where key = '{x}'";
        assert_eq!(t.count(noted).await, 1);
        t.tamper("delete from tenant_shared.move_log where key = '{x}'")
            .await;
    })
    .await;
    assert!(is_seen);
    assert_one_home(&t, &acme).await;
}

/// The old home is emptied from where the emptying stands, and looked through once more at the end.
#[tokio::test]
async fn a_row_that_turns_up_where_all_was_removed_is_removed_as_well() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 20).await;
    want(&t, &acme, Tier::Pro).await;
    let (tenant, owner) = (acme.id, acme.owner().user());
    let mut late = 0;
    walk(&t, &acme, async |_| {
        let open = t.rows("select step, at_table from control.moves").await;
        let on = open.first().filter(|m| m["step"] == "CLEANING");
        if late < 2 && on.is_some_and(|m| m["at_table"] == json!("projects")) {
            late += 1;
            t.tamper(&format!(
                "insert into tenant_shared.approvals (tenant_id, id, kind, amount, currency, requested_by, created_at)
                 values ('{tenant}', gen_random_uuid(), 'refund', 1, 'EUR', '{owner}', now())"
            ))
            .await;
        }
    })
    .await;
    assert_eq!(late, 2);
    assert_ne!(assert_one_home(&t, &acme).await, "tenant_shared");
}
