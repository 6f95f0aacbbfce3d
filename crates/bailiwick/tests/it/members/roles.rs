//! Who gives which role to whom.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{ROLES, TestApp};
use serde_json::json;

use super::{give, path};

fn rank(role: &str) -> usize {
    let place = ROLES.iter().position(|(key, _)| *key == role).unwrap();
    ROLES.len() - place
}

/// Every actor × every member × every role, against the rule in three lines.
#[tokio::test]
async fn nobody_gives_takes_or_touches_what_is_above_themselves() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let roll = t.roll(&acme).await;
    for (actor, _) in ROLES {
        for (target, _) in ROLES {
            for (wanted, _) in ROLES {
                let person = acme.persona(target);
                let answer = give(acme.persona(actor), &acme, person, wanted).await;
                let highest = rank(target).max(rank(wanted));
                let expected = match actor {
                    "owner" if target == "owner" && wanted != "owner" => "409 CONFLICT_LAST_OWNER",
                    "owner" | "admin" if highest <= rank(actor) => "200",
                    "owner" | "admin" => "403 PERMISSION_ROLE_INSUFFICIENT",
                    _ => "403 PERMISSION_DENIED",
                };
                assert_eq!(answer.outcome(), expected, "{actor}: {target} → {wanted}");
                let (role, _) = t.standing(&acme, person).await;
                let is_done = expected == "200";
                assert_eq!(role, if is_done { wanted } else { target });
                if is_done {
                    assert_eq!(answer.text_of("role"), wanted);
                    t.restore(&acme, &roll).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_role_that_the_provider_cannot_tell_apart_stays_ours() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        drop(t.provider.take_calls());
        let _ = give(acme.owner(), &acme, acme.member(), "viewer")
            .await
            .assert_status(200);
        assert_eq!(t.provider.take_calls(), [""; 0]);
        let made = acme.member().post("/projects", json!({"name": "x"})).await;
        let _ = made.assert_problem(403, "PERMISSION_DENIED");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let owner = acme.owner();
    let unknown = give(owner, &acme, acme.member(), "king").await;
    let _ = unknown.assert_invalid(&["role"]);
    let stranger = give(owner, &acme, globex.member(), "viewer").await;
    let _ = stranger.assert_problem(404, "NOT_FOUND");
    let _ = give(globex.owner(), &acme, acme.member(), "viewer")
        .await
        .assert_problem(404, "NOT_FOUND");
    let elsewhere = give(&owner.within(&globex), &acme, acme.member(), "viewer").await;
    let _ = elsewhere.assert_problem(403, "TENANT_CONTEXT_MISMATCH");
    let extra = json!({"role": "viewer", "status": "active"});
    let answer = owner.patch(path(&acme, acme.member()), extra).await;
    assert_eq!(answer.status, 422, "{answer:?}");
}

/// The staff of an installation edit in every organization, as far as the policy lets them.
#[tokio::test]
async fn operators_reach_as_far_as_their_part_goes() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let staff = t.staff("admin_staff").await.naming(&acme);
    let _ = give(&staff, &acme, acme.member(), "manager")
        .await
        .assert_status(200);
    for (person, role) in [
        (acme.member(), "admin"),
        (acme.member(), "owner"),
        (acme.owner(), "viewer"),
    ] {
        let answer = give(&staff, &acme, person, role).await;
        assert_eq!(answer.outcome(), "403 PERMISSION_ROLE_INSUFFICIENT");
    }
    let removal = staff.delete(path(&acme, acme.member())).await;
    let _ = removal.assert_problem(403, "PERMISSION_DENIED");
    let all = t.staff("super_admin").await.naming(&acme);
    let _ = give(&all, &acme, acme.member(), "owner")
        .await
        .assert_status(200);
    let facts = t
        .rows("select actor_id from control.audit where action = 'memberships.update' and origin = 'user'")
        .await;
    let actors = [
        json!({"actor_id": staff.user()}),
        json!({"actor_id": all.user()}),
    ];
    assert_eq!(facts, actors);
}
