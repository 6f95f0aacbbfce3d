//! The last owner stays, however many want to go at once.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, TestApp, World};
use serde_json::json;

use super::{give, path};

/// Two owners.
async fn two(t: &TestApp, tier: Tier) -> World {
    let acme = t.tenant("acme", tier).await;
    let _ = give(acme.owner(), &acme, acme.admin(), "owner")
        .await
        .assert_status(200);
    acme
}

async fn owners(t: &TestApp) -> usize {
    t.count("select 1 from control.memberships where role = 'owner' and status = 'active'")
        .await
}

fn outcomes(answers: [Answer; 2]) -> Vec<String> {
    let mut outcomes: Vec<String> = answers.iter().map(Answer::outcome).collect();
    outcomes.sort();
    outcomes
}

#[tokio::test]
async fn the_last_owner_is_not_removed_demoted_suspended_and_does_not_leave() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let all = t.staff("super_admin").await.naming(&acme);
        let owner = acme.owner();
        let leave = format!("/organizations/{}/leave", acme.id);
        for answer in [
            owner.post_empty(&leave).await,
            owner.delete(path(&acme, owner)).await,
            give(owner, &acme, owner, "viewer").await,
            all.delete(path(&acme, owner)).await,
            all.post_empty(format!("{}/suspend", path(&acme, owner)))
                .await,
        ] {
            let _ = answer.assert_problem(409, "CONFLICT_LAST_OWNER");
        }
        assert_eq!(owners(&t).await, 1);
        let theirs = t
            .provider
            .role_of(&acme.clerk_org_id, owner.clerk_user_id());
        assert_eq!(theirs.as_deref(), Some("org:admin"));
    }
}

#[tokio::test]
async fn of_two_owners_who_go_at_once_one_stays() {
    let t = TestApp::options().pool_max(8).start().await;
    let acme = two(&t, Tier::Starter).await;
    let roll = t.roll(&acme).await;
    let (one, other) = (acme.owner(), acme.admin());
    let leave = format!("/organizations/{}/leave", acme.id);
    for round in 0..12 {
        let answers = match round % 3 {
            0 => tokio::join!(one.post_empty(&leave), other.post_empty(&leave)),
            1 => tokio::join!(
                give(one, &acme, other, "viewer"),
                give(other, &acme, one, "viewer")
            ),
            _ => tokio::join!(
                one.delete(path(&acme, one)),
                give(other, &acme, other, "admin")
            ),
        };
        let got = outcomes(answers.into());
        assert_eq!(owners(&t).await, 1, "{round}: {got:?}");
        assert_eq!(got[0], "200", "{round}: {got:?}");
        assert!(!got[1].starts_with("200"), "{round}: {got:?}");
        t.restore(&acme, &roll).await;
        assert_eq!(owners(&t).await, 2);
    }
}

#[tokio::test]
async fn ownership_is_handed_over_in_one_step() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let path = format!("/organizations/{}/transfer-ownership", acme.id);
        let to = |person: &bailiwick_testkit::Persona| json!({"memberId": person.user()});
        for (actor, code) in [
            ("admin", "PERMISSION_ROLE_INSUFFICIENT"),
            ("viewer", "PERMISSION_ROLE_INSUFFICIENT"),
        ] {
            let answer = acme.persona(actor).post(&path, to(acme.member())).await;
            let _ = answer.assert_problem(403, code);
        }
        let _ = acme
            .owner()
            .post(&path, to(acme.owner()))
            .await
            .assert_problem(409, "CONFLICT");
        let answer = acme.owner().post(&path, to(acme.member())).await;
        assert_eq!(answer.assert_status(200).text_of("role"), "owner");
        assert_eq!(t.standing(&acme, acme.member()).await.0, "owner");
        assert_eq!(t.standing(&acme, acme.owner()).await.0, "admin");
        t.echo().await;
        assert_eq!(owners(&t).await, 1);
        assert_eq!(t.standing(&acme, acme.owner()).await.0, "admin");
    }
}
