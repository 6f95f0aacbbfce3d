//! A crowd before one tenant's door: the others go on being served.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::json;

use crate::isolation::statement;

/// Requests that wait at once, several times what the pool has.
const CROWD: usize = 50;
/// Connections of the pool, and how many of them one tenant gets.
const POOL: usize = 6;
const SHARE: usize = 5;

/// As the cut-over of a move, which keeps everybody out for a moment; here for as long as it takes.
#[tokio::test]
async fn while_nobody_is_let_into_one_tenant_the_others_are_served() {
    for tier in Tier::ALL {
        let t = TestApp::options()
            .tiers_as_written()
            .pool_max(POOL)
            .start()
            .await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        let superuser = t.database.superuser().await;
        let mut fence = superuser.begin().await.unwrap();
        let lock = format!(
            "select pg_advisory_xact_lock(hashtextextended('{}', 0)) is null",
            acme.id
        );
        fence.query(statement(&lock), &[]).await.unwrap();

        let crowd = (0..CROWD).map(|number| {
            let owner = acme.owner().clone();
            let body = json!({"name": format!("{number}")});
            tokio::spawn(async move { owner.post("/projects", body).await })
        });
        let crowd: Vec<_> = crowd.collect();
        let waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())";
        while t.count(waiting).await < SHARE {}

        let project = globex.owner().create_project("Alpha").await;
        for role in ["owner", "admin"] {
            let persona = globex.persona(role);
            let listed = persona.get("/projects").await.assert_status(200);
            assert_eq!(listed.column("id"), [project.as_str()]);
        }
        let members = format!("/organizations/{}/members", globex.id);
        let _ = globex.viewer().get(members).await.assert_status(200);
        assert_eq!(t.count(waiting).await, SHARE, "they wait all the while");

        fence.commit().await.unwrap();
        for answer in crowd {
            let _ = answer.await.unwrap().assert_status(201);
        }
        let query = "select 1 from control.audit where action = 'projects.create'";
        assert_eq!(t.count(query).await, CROWD + 1);
    }
}
