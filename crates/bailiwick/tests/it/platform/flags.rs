//! Feature flags: who switches them, for whom they hold, and how fast.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Persona, TestApp};
use serde_json::{Value, json};

use super::{all, facts};

async fn flags(who: &Persona) -> Value {
    let answer = who.get("/me/flags").await.assert_status(200);
    answer.json()["flags"].clone()
}

async fn switch(root: &Persona, path: &str, is_enabled: bool) {
    let body = json!({"isEnabled": is_enabled});
    let _ = root
        .put(format!("/platform/flags/{path}"), body)
        .await
        .assert_status(204);
}

#[tokio::test]
async fn a_flag_holds_for_everybody_but_for_those_who_have_an_exception() {
    let t = TestApp::options()
        .rules(|rules| {
            rules.flags = [("started".to_owned(), true), ("both".to_owned(), false)].into();
        })
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Pro).await;
    let root = t.staff("super_admin").await;
    let (acmes, globexs) = (acme.viewer(), globex.owner());
    assert_eq!(flags(acmes).await, json!({"started": true, "both": false}));

    switch(&root, "both", true).await;
    switch(&root, "new_editor", false).await;
    switch(
        &root,
        &format!("new_editor/organizations/{}", acme.id),
        true,
    )
    .await;
    let everybodys = json!({"started": true, "both": true, "new_editor": false});
    let mut acme_has = everybodys.clone();
    acme_has["new_editor"] = json!(true);
    assert_eq!(flags(acmes).await, acme_has);
    assert_eq!(flags(globexs).await, everybodys);
    assert_eq!(flags(&acmes.without_organization()).await, everybodys);
    assert_eq!(flags(&root).await, everybodys);
    assert_eq!(flags(&root.naming(&acme)).await, acme_has);
    // Who is no member any more has no part in what their organization has.
    t.tamper(&format!(
        "update control.memberships set status = 'suspended', version = version + 1 where user_id = '{}'",
        acmes.user()
    ))
    .await;
    let _ = t
        .eventually(
            async || acmes.get("/me/flags").await,
            |answer| answer.json()["flags"] == everybodys,
        )
        .await;

    let listed = root.get("/platform/flags").await.assert_status(200);
    insta::assert_json_snapshot!("flags", listed.redacted());
    let path = "/platform/flags/new_editor/organizations";
    let page = root.get(path).await.assert_status(200);
    insta::assert_json_snapshot!("flag_organizations", page.redacted());
    switch(
        &root,
        &format!("new_editor/organizations/{}", globex.id),
        true,
    )
    .await;
    let slugs = all(&root, &format!("{path}?"), "organizationSlug").await;
    assert_eq!(slugs, ["acme", "globex"]);

    let exception = format!("{path}/{}", globex.id);
    let _ = root.delete(&exception).await.assert_status(204);
    let _ = root
        .delete(&exception)
        .await
        .assert_problem(404, "NOT_FOUND");
    assert_eq!(flags(globexs).await, everybodys);
    for key in ["both", "new_editor"] {
        let path = format!("/platform/flags/{key}");
        let _ = root.delete(&path).await.assert_status(204);
        let _ = root.delete(&path).await.assert_problem(404, "NOT_FOUND");
    }
    assert_eq!(
        flags(globexs).await,
        json!({"started": true, "both": false})
    );
    assert_eq!(
        t.count("select 1 from control.feature_flag_overrides")
            .await,
        0
    );
}

#[tokio::test]
async fn who_switches_what_is_recorded_there_and_here() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let root = t.staff("super_admin").await;
    switch(&root, "beta", false).await;
    switch(&root, "beta", true).await;
    switch(&root, &format!("beta/organizations/{}", acme.id), false).await;
    let switched = facts(&t, "platform.set_flag").await;
    assert_eq!(switched[0]["before"], Value::Null);
    assert_eq!(
        switched[1],
        json!({
            "actor_id": root.user().to_string(), "object_type": "flag", "object_id": "beta",
            "tenant_id": null, "before": {"isEnabled": false}, "after": {"isEnabled": true},
        })
    );
    let mine = acme
        .owner()
        .get("/audit?action=platform.set_flag_for")
        .await;
    let mine = mine.assert_status(200).json();
    assert_eq!(
        mine["data"][0]["actor"]["id"],
        json!(root.user().to_string())
    );
    assert_eq!(mine["data"][0]["after"]["isEnabled"], false);
    assert_eq!(
        facts(&t, "platform.set_flag_for").await.len(),
        2,
        "in both logs"
    );
}

#[tokio::test]
async fn staff_look_and_do_not_switch() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let root = t.staff("super_admin").await;
    switch(&root, "beta", false).await;
    let staff = t.staff("admin_staff").await;
    let _ = staff.get("/platform/flags").await.assert_status(200);
    let body = json!({"isEnabled": true});
    let exception = format!("/platform/flags/beta/organizations/{}", acme.id);
    for path in ["/platform/flags/beta", exception.as_str()] {
        let refused = staff.put(path, &body).await;
        let _ = refused.assert_problem(403, "PERMISSION_DENIED");
        let refused = staff.delete(path).await;
        let _ = refused.assert_problem(403, "PERMISSION_DENIED");
    }
    // An owner switches nothing in their own organization either, and learns of no flag.
    let owner = acme.owner();
    let refused = owner.put(&exception, &body).await;
    let _ = refused.assert_problem(404, "NOT_FOUND");
    let refused = owner.put("/platform/flags/beta", &body).await;
    let _ = refused.assert_problem(403, "PERMISSION_DENIED");
    assert_eq!(flags(owner).await, json!({"beta": false}));
}

#[tokio::test]
async fn what_cannot_be_a_flag_is_refused() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let root = t.staff("super_admin").await;
    let body = json!({"isEnabled": true});
    for key in ["A", "1a", "a%20b", "a%00", &"a".repeat(101)] {
        let path = format!("/platform/flags/{key}");
        let _ = root.put(&path, &body).await.assert_invalid(&["key"]);
        let _ = root.delete(&path).await.assert_problem(404, "NOT_FOUND");
        let path = format!("{path}/organizations");
        let _ = root.get(&path).await.assert_problem(404, "NOT_FOUND");
        let path = format!("{path}/{}", acme.id);
        let _ = root
            .put(&path, &body)
            .await
            .assert_problem(404, "NOT_FOUND");
    }
    let path = "/platform/flags/beta";
    for (body, field) in [
        (json!({}), "isEnabled"),
        (json!({"isEnabled": "yes"}), "isEnabled"),
        (json!({"isEnabled": true, "enabled": true}), "enabled"),
        (
            json!({"isEnabled": true, "description": "x".repeat(501)}),
            "description",
        ),
    ] {
        let _ = root.put(path, body).await.assert_invalid(&[field]);
    }
    let unknown = format!("{path}/organizations/{}", acme.id);
    let refused = root.put(&unknown, &body).await;
    let _ = refused.assert_problem(404, "NOT_FOUND");
    let _ = root.put(path, &body).await.assert_status(204);
    let nowhere = format!("{path}/organizations/0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f");
    let refused = root.put(nowhere, &body).await;
    let _ = refused.assert_problem(404, "NOT_FOUND");
    t.tamper(
        "insert into control.feature_flags (key, is_enabled, created_at, updated_at)
         select 'flag_' || n, true, now(), now() from generate_series(1, 499) n",
    )
    .await;
    let refused = root.put("/platform/flags/one_more", &body).await;
    let _ = refused.assert_problem(409, "CONFLICT");
    let _ = root.put(path, &body).await.assert_status(204);
}

#[tokio::test]
async fn open_pages_hear_of_what_is_switched_for_them_and_of_nothing_else() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let root = t.staff("super_admin").await;
    let mut of_acme = acme.viewer().events().await;
    let mut of_globex = globex.viewer().events().await;
    let mut of_nobody = root.events().await;
    switch(&root, "beta", false).await;
    for stream in [&mut of_acme, &mut of_globex, &mut of_nobody] {
        let heard = stream.until("flags").await;
        assert_eq!(heard.text("objectId"), "beta");
        assert_eq!(heard.data["organizationId"], Value::Null);
    }
    switch(&root, &format!("beta/organizations/{}", acme.id), true).await;
    switch(&root, "last", true).await;
    let heard = of_acme.until("flags").await;
    assert_eq!(heard.text("organizationId"), acme.id.to_string());
    // What comes next for the others is the last one: of Acme's they heard nothing.
    for stream in [&mut of_globex, &mut of_nobody] {
        assert_eq!(stream.until("flags").await.text("objectId"), "last");
    }
}
