//! The end of an organization: access stops, its data is kept, and then it is gone, with a
//! certificate, and with nothing of anybody else's.

mod access;
mod attacks;
mod certificate;
mod kills;
mod removal;

use bailiwick_kernel::Tier;
use bailiwick_services::removals;
use bailiwick_testkit::fixtures::{deleted, event};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::{Value, json};

const BYTES: &[u8] = b"the quick brown fox jumps over the lazy dog";

/// Longer than data is kept.
const LATER: SignedDuration = SignedDuration::from_hours(31 * 24);

/// An organization with something in every table, of which `n` keys of requests are its own.
pub(crate) async fn furnished(t: &TestApp, slug: &str, tier: Tier) -> World {
    let world = t.tenant(slug, tier).await;
    let owner = world.owner();
    let made = owner
        .request(reqwest::Method::POST, "/projects")
        .header("idempotency-key", slug)
        .json(&json!({"name": slug}));
    let project = made.send().await.assert_status(201).id();
    let member = json!({"memberId": world.member().user(), "projectRole": "lead"});
    let added = owner
        .post(format!("/projects/{project}/members"), member)
        .await;
    assert!(added.status < 300, "{added:?}");
    upload(t, &world, &project, true).await;
    upload(t, &world, &project, false).await;
    let asked = json!({"kind": "refund", "amount": 100, "currency": "EUR"});
    let asked = world.member().post("/approvals", asked).await;
    assert!(asked.status < 300, "{asked:?}");
    let invited = json!({"email": format!("new@{slug}.example"), "role": "member"});
    let path = format!("/organizations/{}/invitations", world.id);
    let invited = owner.post(path, invited).await;
    assert!(invited.status < 300, "{invited:?}");
    t.settle().await;
    subscribe(t, &world).await;
    t.tamper(&format!(
        "insert into control.feature_flags values ('f_{slug}', '', true, null, now(), now());
         insert into control.feature_flag_overrides values ('f_{slug}', '{}', false, null, now())",
        world.id
    ))
    .await;
    t.seal().await;
    world
}

/// A document that is announced, and uploaded where `is_confirmed`. Answers what the browser was
/// told.
async fn upload(t: &TestApp, world: &World, project: &str, is_confirmed: bool) -> Value {
    let body = json!({"fileName": "fox.txt", "contentType": "text/plain", "size": BYTES.len()});
    let path = format!("/projects/{project}/documents/upload-init");
    let upload = world.owner().post(path, body).await.assert_status(201);
    if is_confirmed {
        assert_eq!(t.put_object(&upload.json(), BYTES).await, 200);
        let path = format!("/documents/{}/confirm", upload.text_of("documentId"));
        let _ = world.owner().post_empty(path).await.assert_status(200);
    }
    upload.json()
}

fn subscription(t: &TestApp, world: &World) -> Value {
    let at = t.now().as_millisecond();
    json!({
        "object": "commerce_subscription", "id": format!("csub_{}", world.slug), "status": "active",
        "payer": {"organization_id": world.clerk_org_id}, "created_at": at, "updated_at": at,
        "items": [{
            "object": "commerce_subscription_item", "id": format!("citem_{}", world.slug), "status": "active",
            "payer": {"organization_id": world.clerk_org_id}, "plan_id": "cplan_1",
            "plan": {"id": "cplan_1", "slug": world.tier.as_str(), "name": "A plan"},
            "created_at": at, "updated_at": at,
        }],
    })
}

async fn subscribe(t: &TestApp, world: &World) {
    let active = subscription(t, world);
    t.apply(&event("subscription.active", &active, t.now()))
        .await;
    let query = "select 1 from control.subscription_items where clerk_org_id = ".to_owned();
    assert_eq!(
        t.count(&format!("{query}'{}'", world.clerk_org_id)).await,
        1
    );
}

/// The provider deletes it, and tells us.
async fn delete(t: &TestApp, world: &World) {
    t.advance(SignedDuration::from_secs(1));
    t.provider.forget(&world.clerk_org_id);
    t.apply(&event(
        "organization.deleted",
        &deleted(&world.resource),
        t.now(),
    ))
    .await;
}

/// What begins by itself once the time is over, to its end.
async fn remove(t: &TestApp) {
    t.advance(LATER);
    removals::schedule(&t.app).await.unwrap();
    t.settle().await;
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap().to_owned()
}

pub(crate) async fn step(t: &TestApp, world: &World) -> String {
    let query = format!(
        "select step from control.removals where organization_id = '{}'",
        world.id
    );
    let rows = t.rows(&query).await;
    rows.first()
        .map_or_else(|| "none".to_owned(), |row| text(row, "step"))
}

/// Every row, of any table of any schema of ours, in which the organization is named by either id,
/// a line each, with its table first.
pub(crate) async fn traces(t: &TestApp, world: &World) -> Vec<String> {
    let tables = t
        .rows(
            "select format('%I.%I', n.nspname, c.relname) as name from pg_class c
             join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and (n.nspname = 'control' or n.nspname like 'tenant\\_%')
             order by 1",
        )
        .await;
    let mut found = Vec::new();
    for table in tables {
        let table = text(&table, "name");
        let query = format!(
            "select x::text as line from {table} x where x::text ~ '\\y({}|{})\\y' order by 1",
            world.id, world.clerk_org_id
        );
        let rows = t.rows(&query).await;
        found.extend(
            rows.iter()
                .map(|row| format!("{table} {}", text(row, "line"))),
        );
    }
    found
}

/// The keys of all objects.
pub(crate) async fn keys(t: &TestApp) -> Vec<String> {
    let page = t.app.objects().list(None, None).await.unwrap();
    page.objects.iter().map(|o| o.key.to_string()).collect()
}
