//! A tenant as one file, and back: in either tier, in this organization or another, in this
//! installation or another; and what is not taken.

mod refusals;
mod round;
mod steps;

use bailiwick_kernel::Tier;
use bailiwick_services::archive::{self, Imported, Options, Verified};
use bailiwick_testkit::{TestApp, World, audit_keys};
use serde_json::{Value, json};

const BYTES: &[u8] = b"the quick brown fox jumps over the lazy dog";
const OBJECT_MAX: u64 = 1024 * 1024;

/// An organization with rows in every table.
pub(crate) async fn furnished(t: &TestApp, slug: &str, tier: Tier) -> World {
    let world = t.tenant(slug, tier).await;
    fill(t, &world).await;
    world
}

async fn fill(t: &TestApp, world: &World) {
    let owner = world.owner();
    let project = owner.create_project("Größe \"1\" \\ 2").await;
    let member = json!({"memberId": world.member().user(), "projectRole": "lead"});
    let added = owner
        .post(format!("/projects/{project}/members"), member)
        .await;
    assert!(added.status < 300, "{added:?}");
    for _ in 0..3 {
        let body =
            json!({"fileName": "füchse.txt", "contentType": "text/plain", "size": BYTES.len()});
        let path = format!("/projects/{project}/documents/upload-init");
        let upload = owner.post(path, body).await.assert_status(201);
        assert_eq!(t.put_object(&upload.json(), BYTES).await, 200);
        let path = format!("/documents/{}/confirm", upload.text_of("documentId"));
        let _ = owner.post_empty(path).await.assert_status(200);
    }
    let asked = json!({"kind": "refund", "amount": 999_999_999_999_999_i64, "currency": "EUR"});
    let asked = world.member().post("/approvals", asked).await;
    assert!(asked.status < 300, "{asked:?}");
}

async fn export(t: &TestApp, world: &World) -> Vec<u8> {
    let mut file = Vec::new();
    archive::export(&t.app, world.id, &mut file, |_| {})
        .await
        .unwrap();
    file
}

fn verify(file: &[u8]) -> bailiwick_services::Result<Verified> {
    archive::verify(file, &audit_keys(), None, OBJECT_MAX)
}

async fn import(
    t: &TestApp,
    world: &World,
    file: &[u8],
    merge: bool,
) -> bailiwick_services::Result<Imported> {
    let verified = verify(file)?;
    archive::import(&t.app, world.id, &verified, file, Options { merge }, |_| {}).await
}

/// The tenant's rows with all but its own ids, each table's in the order of their keys; people by
/// the provider's ids.
pub(crate) async fn contents(t: &TestApp, world: &World) -> Vec<Value> {
    let placement = t
        .app
        .store()
        .find_placement(world.id)
        .await
        .unwrap()
        .unwrap();
    let mut all = Vec::new();
    for table in ["projects", "project_members", "documents", "approvals"] {
        let query = format!(
            "select '{table}' as of, to_jsonb(x) - 'tenant_id' as row from {}.{table} x
             where tenant_id = '{}' order by id",
            placement.schema, world.id
        );
        all.extend(t.rows(&query).await);
    }
    let text = Value::Array(all).to_string();
    let mut text = text.replace(&world.clerk_org_id, "org");
    let people =
        "select id::text, clerk_user_id from control.users where clerk_user_id is not null";
    for person in t.rows(people).await {
        let (id, clerk) = (person["id"].as_str(), person["clerk_user_id"].as_str());
        text = text.replace(id.unwrap(), clerk.unwrap());
    }
    serde_json::from_str(&text).unwrap()
}

/// Keys and bytes of a tenant's objects, below its prefix.
pub(crate) async fn objects(t: &TestApp, world: &World) -> Vec<(String, Vec<u8>)> {
    let prefix = format!("org/{}", world.clerk_org_id);
    let key = prefix.parse().unwrap();
    let page = t.app.objects().list(Some(&key), None).await.unwrap();
    let mut all = Vec::new();
    for object in page.objects {
        let bytes = t
            .app
            .objects()
            .get(&object.key, 1024)
            .await
            .unwrap()
            .unwrap();
        let below = object
            .key
            .as_str()
            .strip_prefix(&prefix)
            .unwrap()
            .to_owned();
        all.push((below, bytes.to_vec()));
    }
    all
}
