//! Who hears what.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::json;

use super::{kinds, mark, put_on, until_mark};

#[tokio::test]
async fn people_hear_of_what_they_may_see() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        t.follow_changes();
        let acme = t.tenant("acme", *tier).await;
        let (mut owner, mut member) = (acme.owner().events().await, acme.member().events().await);
        let mut viewer = acme.viewer().events().await;

        let alpha = acme.owner().create_project("Alpha").await;
        let heard = owner.until("projects").await;
        assert_eq!(heard.text("objectId"), alpha);
        assert_eq!(heard.text("organizationId"), acme.id.to_string());

        // Whoever is put on a project hears of that, and of what happens in it from then on.
        assert!(put_on(acme.owner(), &alpha, acme.member()).await.status < 300);
        let heard = member.until("projectMembers").await;
        assert_eq!(heard.text("objectId"), alpha);
        assert_eq!(heard.text("userId"), acme.member().user().to_string());
        let body = json!({"fileName": "a.txt", "contentType": "text/plain", "size": 5});
        let path = format!("/projects/{alpha}/documents/upload-init");
        let document = acme.owner().post(path, body).await.assert_status(201);
        let heard = member.until("documents").await;
        assert_eq!(heard.text("objectId"), document.text_of("documentId"));
        assert_eq!(heard.text("projectId"), alpha);

        // Taken off it again, they hear of that, and of nothing that follows.
        let on_it = format!("/projects/{alpha}/members/{}", acme.member().user());
        let _ = acme.owner().delete(&on_it).await.assert_status(204);
        let document = format!("/documents/{}", document.text_of("documentId"));
        let _ = acme.owner().delete(document).await.assert_status(204);
        mark(&t).await;
        assert_eq!(kinds(&until_mark(&mut member).await), ["projectMembers"]);
        let owners = until_mark(&mut owner).await;
        let expected = ["projectMembers", "documents", "projectMembers", "documents"];
        assert_eq!(kinds(&owners), expected);

        // Who was on no project heard of none, nor of what is in it.
        let viewers = until_mark(&mut viewer).await;
        let of_people = ["organizations", "memberships"];
        assert!(kinds(&viewers).iter().all(|kind| of_people.contains(kind)));
    }
}

#[tokio::test]
async fn an_event_holds_ids_and_nothing_else() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut owner = acme.owner().events().await;
    acme.owner().create_project("Alpha").await;
    let heard = owner.until("projects").await;
    insta::assert_json_snapshot!("event", bailiwick_testkit::redact(heard.data));
}

#[tokio::test]
async fn another_organization_hears_nothing() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    // Of both, with the other one active.
    let both = t.unseen_user("Tra", "Veller", "traveller@example.com");
    t.join(&acme, &both, "org:admin").await;
    t.join(&globex, &both, "org:member").await;
    let both = t.persona(&both).await;
    let mut strangers = [
        globex.owner().events().await,
        both.within(&globex).events().await,
        both.without_organization().events().await,
    ];
    acme.owner().create_project("Alpha").await;
    t.tamper(&format!(
        "update control.organizations set name = 'Renamed' where id = '{}'",
        acme.id
    ))
    .await;
    mark(&t).await;
    for stranger in &mut strangers {
        for heard in until_mark(stranger).await {
            let is_theirs = heard.text("organizationId") == globex.id.to_string();
            // One's own membership is one's own, wherever one is just now.
            let is_own =
                heard.event == "memberships" && heard.text("userId") == both.user().to_string();
            assert!(is_theirs || is_own, "{heard:?}");
        }
    }
}

#[tokio::test]
async fn everybody_hears_of_their_own_rights_and_who_may_see_people_of_all() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut mine = acme.viewer().without_organization().events().await;
    let mut owner = acme.owner().events().await;
    let viewer = acme.viewer().user();
    t.tamper(&format!(
        "update control.memberships set role = 'member', version = version + 1 where user_id = '{viewer}'"
    ))
    .await;
    for stream in [&mut mine, &mut owner] {
        loop {
            let heard = stream.until("memberships").await;
            if heard.text("userId") == viewer.to_string() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_demotion_is_in_force_within_the_stream() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut admin = acme.admin().events().await;
    acme.owner().create_project("Alpha").await;
    admin.until("projects").await;
    t.tamper(&format!(
        "update control.memberships set role = 'viewer', version = version + 1 where user_id = '{}'",
        acme.admin().user()
    ))
    .await;
    acme.owner().create_project("Alpha").await;
    mark(&t).await;
    assert_eq!(kinds(&until_mark(&mut admin).await), ["memberships"]);
}

#[tokio::test]
async fn an_operator_hears_of_the_organization_that_they_name() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let staff = t.staff("admin_staff").await;
    let mut heard = staff.naming(&acme).events().await;
    let alpha = acme.owner().create_project("Alpha").await;
    assert_eq!(heard.until("projects").await.text("objectId"), alpha);
}
