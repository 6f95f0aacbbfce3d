//! The request dies at each step; the queue ends what it began, once.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Moment, Persona, TestApp, World};
use serde_json::json;

use super::{catch_up, path};

#[derive(Clone, Copy, Debug)]
enum Step {
    Promote,
    Demote,
    Remove,
    Invite,
}

async fn act(owner: Persona, acme: World, step: Step) {
    let answer = match step {
        Step::Promote => {
            owner
                .patch(path(&acme, acme.member()), json!({"role": "admin"}))
                .await
        }
        Step::Demote => {
            owner
                .patch(path(&acme, acme.admin()), json!({"role": "viewer"}))
                .await
        }
        Step::Remove => owner.delete(path(&acme, acme.admin())).await,
        Step::Invite => {
            let body = json!({"email": "new@example.com", "role": "viewer"});
            let path = format!("/organizations/{}/invitations", acme.id);
            owner.post(path, body).await
        }
    };
    panic!("it was never killed: {answer:#?}");
}

async fn killed(step: Step, moment: Moment) {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let reached = t.provider.stop_at(moment);
    let request = tokio::spawn(act(acme.owner().clone(), acme.clone(), step));
    reached.notified().await;
    request.abort();
    catch_up(&t).await;

    let open = t
        .count("select 1 from control.outbound_intents where state <> 'done'")
        .await;
    assert_eq!(open, 0, "{step:?} {moment:?}");
    let theirs = |person: &Persona| {
        t.provider
            .role_of(&acme.clerk_org_id, person.clerk_user_id())
    };
    match step {
        Step::Promote => {
            assert_eq!(t.standing(&acme, acme.member()).await.0, "admin");
            assert_eq!(theirs(acme.member()).as_deref(), Some("org:admin"));
        }
        Step::Demote => {
            assert_eq!(t.standing(&acme, acme.admin()).await.0, "viewer");
            assert_eq!(theirs(acme.admin()).as_deref(), Some("org:member"));
        }
        Step::Remove => {
            assert_eq!(t.standing(&acme, acme.admin()).await.1, "removed");
            assert_eq!(theirs(acme.admin()), None);
        }
        Step::Invite => {
            assert_eq!(
                t.provider.invitations_to("new@example.com").len(),
                1,
                "{moment:?}"
            );
            let rows = t
                .rows("select status, clerk_invitation_id is not null as sent from control.invitations")
                .await;
            assert_eq!(
                rows,
                [json!({"status": "pending", "sent": true})],
                "{moment:?}"
            );
        }
    }
}

#[tokio::test]
async fn killed_before_the_provider_has_done_it() {
    for step in [Step::Promote, Step::Demote, Step::Remove, Step::Invite] {
        killed(step, Moment::Before).await;
    }
}

#[tokio::test]
async fn killed_after_the_provider_has_done_it() {
    for step in [Step::Promote, Step::Demote, Step::Remove, Step::Invite] {
        killed(step, Moment::After).await;
    }
}
