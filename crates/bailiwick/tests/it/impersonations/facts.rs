//! Both actors stand in every fact, and each organization reads who came.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::event;
use serde_json::json;

use super::{path_of, stage};

#[tokio::test]
async fn every_step_is_a_fact_that_names_both() {
    for tier in Tier::ALL {
        let s = stage(*tier).await;
        let (impersonation, impersonated) = s.t.act_for(&s.operator, s.acme.owner()).await;
        for _ in 0..2 {
            let _ = impersonated.get("/projects").await.assert_status(200);
        }
        let made = impersonated
            .post("/projects", json!({"name": "Alpha"}))
            .await;
        let _ = made.assert_status(201);
        let _ = impersonated
            .delete("/me/impersonation")
            .await
            .assert_status(200);
        let (user, operator) = (s.acme.owner().user(), s.operator.user());
        let acting = s.operator.clerk_user_id();
        let query = "
            select action, tenant_id, actor_id, impersonator, origin from control.audit
            where action like 'impersonations.%' or action = 'projects.create' order by at, id";
        let fact = |action: &str, tenant: Option<String>, actor: String, by: Option<&str>| json!({"action": action, "tenant_id": tenant, "actor_id": actor, "impersonator": by, "origin": "user"});
        let tenant = || Some(s.acme.id.to_string());
        let mut facts = s.t.rows(query).await;
        facts.sort_by_key(|fact| fact["action"].to_string());
        assert_eq!(
            facts,
            [
                fact("impersonations.begin", None, user.to_string(), Some(acting)),
                fact("impersonations.end", None, user.to_string(), Some(acting)),
                fact(
                    "impersonations.enter",
                    tenant(),
                    user.to_string(),
                    Some(acting)
                ),
                fact("impersonations.start", None, operator.to_string(), None),
                fact("projects.create", tenant(), user.to_string(), Some(acting)),
            ]
        );
        let read = s
            .acme
            .owner()
            .get("/audit?action=impersonations.enter")
            .await
            .json();
        let entry = &read["data"][0];
        assert_eq!(entry["objectId"], impersonation["id"]);
        assert_eq!(entry["after"]["reason"], "Case 4711: the upload fails");
        assert_eq!(entry["impersonator"], acting);
        assert_eq!(
            entry["impersonatorPerson"],
            json!({"id": operator, "name": "Staff super_admin"})
        );
    }
}

#[tokio::test]
async fn an_organization_is_entered_once_and_each_of_them() {
    let s = stage(Tier::Starter).await;
    let globex = s.t.tenant("globex", Tier::Pro).await;
    let membership =
        s.t.provider_membership(&globex, s.acme.member(), "org:member");
    s.t.apply(&event(
        "organizationMembership.created",
        &membership,
        s.t.now(),
    ))
    .await;
    let (impersonation, in_acme) = s.t.act_for(&s.operator, s.acme.member()).await;
    let in_globex = in_acme.within(&globex);
    let nowhere = in_acme.without_organization();
    for persona in [&nowhere, &in_acme, &in_globex, &in_acme, &in_globex] {
        let _ = persona.get("/me").await.assert_status(200);
    }
    let entered =
        "select tenant_id from control.audit where action = 'impersonations.enter' order by at, id";
    let mut entered: Vec<String> =
        s.t.rows(entered)
            .await
            .iter()
            .map(|row| row["tenant_id"].as_str().unwrap().to_owned())
            .collect();
    entered.sort();
    let mut expected = [s.acme.id.to_string(), globex.id.to_string()];
    expected.sort();
    assert_eq!(entered, expected);
    let _ = s
        .operator
        .delete(path_of(&impersonation))
        .await
        .assert_status(200);
}

#[tokio::test]
async fn the_providers_word_on_such_a_session_names_who_acts() {
    let s = stage(Tier::Starter).await;
    let session = json!({
        "object": "session", "id": "sess_7", "user_id": s.acme.member().clerk_user_id(), "status": "active",
        "client_id": "client_1", "actor": {"sub": "user_support"},
    });
    s.t.apply(&event("session.created", &session, s.t.now()))
        .await;
    let query = "select impersonator from control.audit where action = 'sessions.active' and object_id = 'sess_7'";
    assert_eq!(
        s.t.rows(query).await,
        [json!({"impersonator": "user_support"})]
    );
}
