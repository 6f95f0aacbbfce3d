//! People: found by what is known of them.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::{self, event};
use bailiwick_testkit::{Persona, TestApp};
use serde_json::{Value, json};

use super::facts;

const LOOK_UP: &str = "/platform/users/look-up";

async fn found(staff: &Persona, search: &str) -> Vec<String> {
    let answer = staff.post(LOOK_UP, json!({"search": search})).await;
    answer.assert_status(200).column("id")
}

#[tokio::test]
async fn people_are_found_by_exactly_what_is_known_of_them() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let staff = t.staff("admin_staff").await;
    let (owner, id) = (acme.owner(), acme.owner().user().to_string());
    for search in [
        id.clone(),
        owner.clerk_user_id().to_owned(),
        owner.email().to_owned(),
        format!("  {}  ", owner.email().to_uppercase()),
    ] {
        assert_eq!(found(&staff, &search).await, [id.as_str()], "{search}");
    }
    // Not by a part, a pattern, or a name.
    for search in [
        "owner@acme.exampl",
        "@acme.example",
        "%@acme.example",
        "user_nobody",
        "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f",
    ] {
        assert_eq!(found(&staff, search).await, [""; 0], "{search}");
    }
    let long = format!("{}@acme.example", "x".repeat(250));
    for search in ["", " ", "owner", "%", "a\0@b.example", &long] {
        let refused = staff.post(LOOK_UP, json!({"search": search})).await;
        let _ = refused.assert_invalid(&["search"]);
    }
    let facts = facts(&t, "platform.look_up_user").await;
    assert_eq!(facts.len(), 9);
    assert_eq!(facts[2]["after"], json!({"by": "email", "found": [id]}));
    assert_eq!(facts[4]["object_id"], "nobody");
    let text = serde_json::to_string(&facts).unwrap();
    assert!(!text.contains('@'), "an address was recorded: {text}");
}

#[tokio::test]
async fn one_person_with_where_they_belong() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let staff = t.staff("admin_staff").await;
    let member = acme.member();
    let membership = t.provider_membership(&globex, member, "org:admin");
    t.advance(jiff::SignedDuration::from_secs(1));
    t.apply(&event(
        "organizationMembership.created",
        &membership,
        t.now(),
    ))
    .await;
    let path = format!("/platform/users/{}", member.user());
    let person = staff.get(&path).await.assert_status(200);
    insta::assert_json_snapshot!("platform_user", person.redacted());
    assert_eq!(facts(&t, "platform.read_user").await.len(), 1);
    let nobody = "/platform/users/0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f";
    let _ = staff.get(nobody).await.assert_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn who_is_gone_is_found_by_id_and_says_so() {
    let t = TestApp::start().await;
    let staff = t.staff("admin_staff").await;
    let data = t.unseen_user("Ada", "Lovelace", "ada@example.com");
    t.apply(&event("user.created", &data, t.now())).await;
    let ada = t.persona(&data).await;
    let path = format!("/platform/users/{}", ada.user());
    assert_eq!(staff.get(&path).await.text_of("state"), "active");
    t.tamper("update control.users set is_active = false where email = 'ada@example.com'")
        .await;
    assert_eq!(staff.get(&path).await.text_of("state"), "deactivated");
    t.provider.forget(data["id"].as_str().unwrap());
    t.apply(&event("user.deleted", &fixtures::deleted(&data), t.now()))
        .await;
    let gone = staff.get(&path).await.assert_status(200).json();
    assert_eq!(gone["state"], "deleted");
    assert_ne!(gone["deletedAt"], Value::Null);
    assert_eq!(found(&staff, "ada@example.com").await, [""; 0]);
    assert_eq!(found(&staff, ada.clerk_user_id()).await.len(), 1);
}
