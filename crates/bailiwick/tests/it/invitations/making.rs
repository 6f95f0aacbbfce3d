//! Inviting, sending again, taking back.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{ROLES, TestApp};
use jiff::SignedDuration;
use serde_json::json;

use super::{invite, listed, path};

#[tokio::test]
async fn an_invitation_is_sent_by_the_provider_and_listed_here() {
    for tier in Tier::ALL {
        let t = TestApp::options()
            .rules(|rules| {
                rules.invitation_url = Some("https://app.example.com/invitation".to_owned())
            })
            .start()
            .await;
        let acme = t.tenant("acme", *tier).await;
        let made = invite(acme.admin(), &acme, " New@Example.com ", "viewer").await;
        let made = made.assert_status(201).json();
        assert_eq!(made["status"], "pending");
        assert_eq!(made["role"], "viewer");
        assert_eq!(made["invitedBy"], json!(acme.admin().user()));
        assert!(
            made["expiresAt"].is_string() && made["change"].is_null(),
            "{made:#}"
        );
        let theirs = t.provider.invitations_to("new@example.com");
        assert_eq!(theirs.len(), 1);
        assert_eq!(theirs[0]["role"], "org:member");
        assert_eq!(
            theirs[0]["redirect_url"],
            "https://app.example.com/invitation"
        );
        assert_eq!(theirs[0]["inviter_id"], json!(acme.admin().clerk_user_id()));
        // The echo changes nothing.
        let facts = t.audit().await;
        t.echo().await;
        assert_eq!(t.audit().await, facts);
        let row = (
            "New@Example.com".to_owned(),
            "viewer".to_owned(),
            "pending".to_owned(),
        );
        assert_eq!(listed(&acme).await, [row]);
        let one = format!("{}/{}", path(&acme), made["id"].as_str().unwrap());
        assert_eq!(acme.owner().get(one).await.json(), made);
    }
}

#[tokio::test]
async fn nobody_invites_above_themselves() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    for (at, (role, _)) in ROLES.iter().enumerate() {
        let email = format!("new{at}@example.com");
        for (actor, may) in [
            ("owner", "201"),
            (
                "admin",
                if *role == "owner" {
                    "403 PERMISSION_ROLE_INSUFFICIENT"
                } else {
                    "201"
                },
            ),
            ("manager", "403 PERMISSION_DENIED"),
            ("member", "403 PERMISSION_DENIED"),
            ("viewer", "403 PERMISSION_DENIED"),
        ] {
            let email = format!("{actor}.{email}");
            let answer = invite(acme.persona(actor), &acme, &email, role).await;
            assert_eq!(answer.outcome(), may, "{actor} {role}");
        }
        let stranger = invite(globex.owner(), &acme, &email, role).await;
        let _ = stranger.assert_problem(404, "NOT_FOUND");
    }
    let list = acme.member().get(path(&acme)).await;
    let _ = list.assert_problem(403, "PERMISSION_DENIED");
    let list = globex.owner().get(path(&acme)).await;
    let _ = list.assert_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_address_is_invited_once_and_members_are_not() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let owner = acme.owner();
    let _ = invite(owner, &acme, "new@example.com", "member")
        .await
        .assert_status(201);
    for email in ["new@example.com", "NEW@example.com", acme.viewer().email()] {
        let answer = invite(owner, &acme, email, "member").await;
        let _ = answer.assert_problem(409, "CONFLICT_ALREADY_EXISTS");
    }
    for (email, role) in [("no address", "member"), ("a@b", "member")] {
        let _ = invite(owner, &acme, email, role)
            .await
            .assert_invalid(&["email"]);
    }
    let _ = invite(owner, &acme, "other@example.com", "king")
        .await
        .assert_invalid(&["role"]);
    assert_eq!(t.provider.invitations_to("new@example.com").len(), 1);
    // Two at once make one.
    let (one, other) = tokio::join!(
        invite(owner, &acme, "twice@example.com", "member"),
        invite(acme.admin(), &acme, "twice@example.com", "viewer")
    );
    let mut outcomes = [one.outcome(), other.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["201", "409 CONFLICT_ALREADY_EXISTS"]);
    assert_eq!(t.provider.invitations_to("twice@example.com").len(), 1);
}

#[tokio::test]
async fn an_organization_sends_so_many_an_hour() {
    let t = TestApp::options()
        .rules(|rules| rules.invitations_per_hour = 3)
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    for at in 0..3 {
        let email = format!("new{at}@example.com");
        let _ = invite(acme.owner(), &acme, &email, "member")
            .await
            .assert_status(201);
    }
    let fourth = invite(acme.admin(), &acme, "new3@example.com", "member").await;
    let fourth = fourth.assert_problem(429, "RATE_LIMITED");
    assert_eq!(fourth.header("retry-after"), "3600");
    let _ = invite(globex.owner(), &globex, "new3@example.com", "member")
        .await
        .assert_status(201);
    t.advance(SignedDuration::from_mins(61));
    let _ = invite(acme.owner(), &acme, "new3@example.com", "member")
        .await
        .assert_status(201);
}

#[tokio::test]
async fn many_at_once_and_each_for_itself() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let bulk = format!("{}/bulk", path(&acme));
    let one = |email: &str, role: &str| json!({"email": email, "role": role});
    let body = json!({"invitations": [
        one("a@example.com", "viewer"), one("b@example.com", "owner"),
        one("A@example.com", "member"), one(acme.viewer().email(), "member"),
        one("c@example.com", "admin"),
    ]});
    let answer = acme.admin().post(&bulk, body).await.assert_status(202);
    let codes = [
        json!(null),
        json!("PERMISSION_ROLE_INSUFFICIENT"),
        json!("CONFLICT_ALREADY_EXISTS"),
        json!("CONFLICT_ALREADY_EXISTS"),
        json!(null),
    ];
    let got: Vec<_> = answer.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["code"].clone())
        .collect();
    assert_eq!(got, codes);
    t.settle().await;
    for email in ["a@example.com", "c@example.com"] {
        assert_eq!(t.provider.invitations_to(email).len(), 1);
    }
    assert_eq!(listed(&acme).await.len(), 2);
    for body in [
        json!({"invitations": []}),
        json!({"invitations": vec![one("x@example.com", "viewer"); 51]}),
    ] {
        let _ = acme
            .admin()
            .post(&bulk, body)
            .await
            .assert_invalid(&["invitations"]);
    }
    let body = json!({"invitations": [one("d@example.com", "viewer"), one("nonsense", "viewer")]});
    let _ = acme
        .admin()
        .post(&bulk, body)
        .await
        .assert_invalid(&["invitations[1].email"]);
    let body = json!({"invitations": [one("d@example.com", "owner")]});
    let none = acme.admin().post(&bulk, body).await;
    let _ = none.assert_problem(403, "PERMISSION_ROLE_INSUFFICIENT");
}

#[tokio::test]
async fn sent_again_the_old_mail_leads_nowhere() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let made = invite(acme.owner(), &acme, "new@example.com", "viewer")
        .await
        .assert_status(201);
    let resend = format!("{}/{}/resend", path(&acme), made.id());
    t.advance(SignedDuration::from_hours(1));
    let again = acme.admin().post_empty(&resend).await.assert_status(200);
    assert_eq!(again.id(), made.id());
    let states: Vec<_> = t
        .provider
        .invitations_to("new@example.com")
        .iter()
        .map(|i| i["status"].clone())
        .collect();
    assert_eq!(states, ["revoked", "pending"]);
    // The word of the first one's end does not end the second.
    t.echo().await;
    assert_eq!(listed(&acme).await[0].2, "pending");
    // Long over, it can still be sent again.
    t.advance(SignedDuration::from_hours(31 * 24));
    assert_eq!(listed(&acme).await[0].2, "expired");
    let over = format!("{}?status=expired", path(&acme));
    assert_eq!(
        acme.owner().get(over).await.column("email"),
        ["new@example.com"]
    );
    let _ = acme
        .member()
        .post_empty(&resend)
        .await
        .assert_problem(403, "PERMISSION_DENIED");
    let again = acme.owner().post_empty(&resend).await.assert_status(200);
    assert_eq!(again.text_of("status"), "pending");
}

#[tokio::test]
async fn what_is_taken_back_cannot_be_accepted() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let made = invite(acme.owner(), &acme, "new@example.com", "owner")
        .await
        .assert_status(201);
    let one = format!("{}/{}", path(&acme), made.id());
    let above = acme.admin().delete(&one).await;
    let _ = above.assert_problem(403, "PERMISSION_ROLE_INSUFFICIENT");
    let _ = acme
        .member()
        .delete(&one)
        .await
        .assert_problem(403, "PERMISSION_DENIED");
    let gone = acme.owner().delete(&one).await.assert_status(200);
    assert_eq!(gone.text_of("status"), "revoked");
    assert_eq!(
        t.provider.invitations_to("new@example.com")[0]["status"],
        "revoked"
    );
    t.echo().await;
    assert_eq!(listed(&acme).await[0].2, "revoked");
    let again = acme.owner().delete(&one).await;
    let _ = again.assert_problem(409, "CONFLICT");
    let _ = acme
        .owner()
        .post_empty(format!("{one}/resend"))
        .await
        .assert_problem(409, "CONFLICT");
    let _ = invite(acme.owner(), &acme, "new@example.com", "viewer")
        .await
        .assert_status(201);
}

#[tokio::test]
async fn without_the_provider_it_waits_and_is_sent_once() {
    for lose in [true, false] {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        if lose {
            t.provider.lose_answers(500);
        } else {
            t.provider.fail_with(500);
        }
        let made = invite(acme.owner(), &acme, "new@example.com", "viewer").await;
        let made = made.assert_status(202).json();
        assert_eq!(made["change"]["state"], "pending");
        t.provider.recover();
        t.advance(SignedDuration::from_secs(70));
        t.settle().await;
        assert_eq!(
            t.provider.invitations_to("new@example.com").len(),
            1,
            "{lose}"
        );
        t.echo().await;
        let one = format!("{}/{}", path(&acme), made["id"].as_str().unwrap());
        let shown = acme.owner().get(one).await.json();
        assert!(
            shown["change"].is_null() && shown["clerkInvitationId"].is_string(),
            "{shown:#}"
        );
    }
}
