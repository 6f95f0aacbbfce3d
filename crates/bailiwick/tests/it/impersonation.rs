//! Somebody acts as another: the audit names both.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Issuer, TestApp};
use serde_json::json;

#[tokio::test]
async fn who_really_acted_stands_beside_the_actor() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let owner = acme.owner();
        let mut claims = owner.claims();
        claims["act"] = json!({"sub": "user_support", "sid": "sess_of_support", "iss": "https://support.example"});
        let impersonated = owner.with_token(Issuer::trusted().sign(&claims));
        for (persona, name) in [(&impersonated, "by support"), (owner, "by the owner")] {
            let made = persona.post("/projects", json!({"name": name})).await;
            let _ = made.assert_status(201);
        }
        let query = "
            select actor_id, impersonator, origin from control.audit
            where action = 'projects.create' order by ctid";
        let actor = owner.user().to_string();
        assert_eq!(
            t.rows(query).await,
            [
                json!({"actor_id": actor, "impersonator": "user_support", "origin": "user"}),
                json!({"actor_id": actor, "impersonator": null, "origin": "user"}),
            ]
        );
    }
}
