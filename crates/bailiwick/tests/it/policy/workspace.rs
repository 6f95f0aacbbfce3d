//! The workspace's matrix through its real operations: each permission × each who.
//!
//! A permission without an operation here fails the test.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use bailiwick_kernel::policy::{Actor, permission};
use bailiwick_kernel::{PlatformRole, ProjectRole, Tier};
use bailiwick_testkit::{Answer, Persona, TestApp, World};
use reqwest::Method;
use serde_json::json;

/// Somebody with a column: what they are called, who they are, and what the engine takes them for.
type Column = (String, Persona, Actor);

struct Stage<'t> {
    t: &'t TestApp,
    acme: World,
    /// On every project that is made, as a contributor, and nobody's.
    asker: Persona,
    on_it: Vec<(Persona, ProjectRole)>,
    /// How many people came for one cell alone.
    spare: AtomicU32,
}

impl Stage<'_> {
    async fn person(&self, name: &str, provider_role: &str) -> Persona {
        let data = self
            .t
            .unseen_user(name, "Acme", &format!("{name}@acme.example"));
        self.t.join(&self.acme, &data, provider_role).await;
        self.t.persona(&data).await.within(&self.acme)
    }

    /// A name that nobody has had.
    fn name(&self) -> String {
        format!("spare{}", self.spare.fetch_add(1, Ordering::Relaxed))
    }

    /// The path of a member of the organization to whom nothing has happened.
    async fn member(&self) -> String {
        let member = self.person(&self.name(), "org:member").await;
        format!("/organizations/{}/members/{}", self.acme.id, member.user())
    }

    /// A project with its people.
    async fn project(&self) -> String {
        let owner = self.acme.owner();
        let project = owner.create_project("Alpha").await;
        let path = format!("/projects/{project}/members");
        for (persona, role) in &self.on_it {
            let body = json!({"memberId": persona.user(), "projectRole": role});
            let _ = owner.post(&path, body).await.assert_status(204);
        }
        project
    }

    async fn document(&self, project: &str) -> String {
        let path = format!("/projects/{project}/documents/upload-init");
        let body = json!({"fileName": "a.txt", "contentType": "text/plain", "size": 5});
        let upload = self.acme.owner().post(path, body).await.assert_status(201);
        assert_eq!(self.t.put_object(&upload.json(), b"bytes").await, 200);
        let document = upload.text_of("documentId");
        let confirm = format!("/documents/{document}/confirm");
        let _ = self
            .acme
            .owner()
            .post_empty(confirm)
            .await
            .assert_status(200);
        document
    }

    /// Does what `key` stands for.
    async fn attempt(&self, who: &Persona, key: &str) -> Answer {
        let org = format!("/organizations/{}", self.acme.id);
        let text = json!({"fileName": "b.txt", "contentType": "text/plain", "size": 5});
        match key {
            "organization:read" => who.get(org).await,
            "organization:update" => who.patch(org, json!({"description": "Anvils"})).await,
            "users:read" => who.get(format!("{org}/members")).await,
            "users:invite" => {
                let email = format!("{}@outside.example", self.name());
                let body = json!({"email": email, "role": "viewer"});
                who.post(format!("{org}/invitations"), body).await
            }
            "users:update" => {
                let path = self.member().await;
                who.patch(path, json!({"role": "viewer"})).await
            }
            "users:remove" => who.delete(self.member().await).await,
            "audit:read" => who.get("/audit").await,
            "users:grant" => {
                let path = format!("{org}/members/{}/grants", self.asker.user());
                let found = self.acme.owner().get(&path).await.json();
                // What the one before granted goes, so that there is something to grant.
                let none = json!({"version": found["version"], "pages": {}});
                let found = self.acme.owner().put(&path, none).await.json();
                let body =
                    json!({"version": found["version"], "pages": {"approvals": {"create": true}}});
                who.request(Method::PUT, path).json(&body).send().await
            }
            "projects:read" => who.get(format!("/projects/{}", self.project().await)).await,
            "projects:create" => who.post("/projects", json!({"name": "Beta"})).await,
            "projects:update" => {
                let path = format!("/projects/{}", self.project().await);
                who.put(path, json!({"name": "Beta"})).await
            }
            "projects:delete" => {
                who.delete(format!("/projects/{}", self.project().await))
                    .await
            }
            "project_members:read" => {
                who.get(format!("/projects/{}/members", self.project().await))
                    .await
            }
            "project_members:manage" => {
                let path = format!("/projects/{}/members", self.project().await);
                let body =
                    json!({"memberId": self.acme.admin().user(), "projectRole": "contributor"});
                who.post(path, body).await
            }
            "documents:read" => {
                let document = self.document(&self.project().await).await;
                who.get(format!("/documents/{document}")).await
            }
            "documents:upload" => {
                let path = format!("/projects/{}/documents/upload-init", self.project().await);
                who.post(path, text).await
            }
            "documents:delete" => {
                let document = self.document(&self.project().await).await;
                who.delete(format!("/documents/{document}")).await
            }
            "approvals:read" => who.get("/approvals").await,
            "approvals:request" => {
                who.post(
                    "/approvals",
                    json!({"kind": "refund", "amount": 5, "currency": "EUR"}),
                )
                .await
            }
            "approvals:approve" => {
                let body = json!({"kind": "refund", "amount": 5, "currency": "EUR"});
                let asked = self
                    .asker
                    .post("/approvals", body)
                    .await
                    .assert_status(201)
                    .id();
                who.post(format!("/approvals/{asked}/approve"), json!({}))
                    .await
            }
            other => panic!("no operation is named for {other}"),
        }
    }
}

#[tokio::test]
async fn every_permission_for_everybody() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let asker = acme.member().clone();
    let mut stage = Stage {
        t: &t,
        acme,
        asker,
        on_it: Vec::new(),
        spare: AtomicU32::new(0),
    };
    stage.asker = stage.person("asker", "org:member").await;
    let pack = t.app.pack();
    let role = |key: &str| Actor::member(pack.role(key).unwrap());
    let mut columns: Vec<Column> = Vec::new();
    for platform in [PlatformRole::SuperAdmin, PlatformRole::AdminStaff] {
        let persona = t.staff(platform.as_str()).await.naming(&stage.acme);
        columns.push((
            platform.to_string(),
            persona,
            Actor::outsider().platform(platform),
        ));
    }
    for key in ["owner", "admin", "manager", "member", "viewer"] {
        columns.push((
            key.to_owned(),
            stage.acme.persona(key).clone(),
            role(key).before(None),
        ));
    }
    for (key, provider, on) in [
        ("manager", "org:manager", ProjectRole::Contributor),
        ("member", "org:member", ProjectRole::Lead),
        ("member", "org:member", ProjectRole::Contributor),
        ("viewer", "org:viewer", ProjectRole::Lead),
    ] {
        let persona = stage.person(&format!("{key}-{on}"), provider).await;
        stage.on_it.push((persona.clone(), on));
        columns.push((format!("{key}, {on}"), persona, role(key).before(Some(on))));
    }
    let mut table = String::new();
    for declared in permission::ALL {
        writeln!(table, "{}", declared.key).unwrap();
        for (name, persona, actor) in &columns {
            let answer = stage.attempt(persona, declared.key).await;
            let is_allowed = answer.status < 300;
            let expected = pack.decide(actor, declared.permission).is_allowed();
            assert_eq!(
                is_allowed, expected,
                "{name}: {}: {answer:#?}",
                declared.key
            );
            writeln!(table, "  {name:<20} {}", answer.outcome()).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
