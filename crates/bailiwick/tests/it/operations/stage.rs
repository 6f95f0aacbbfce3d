//! Two tenants, everybody who may ask, and something of A's to ask for.

use bailiwick_kernel::Tier;
use bailiwick_store::platform;
use bailiwick_testkit::{Persona, Roll, TestApp, World};
use serde_json::{Value, json};

use super::CANARY;
use super::generate::{Operation, Props};

/// Everything that [`Stage::props`] knows.
pub const PROPS: [&str; 14] = [
    "organizations",
    "projects",
    "documents",
    "members",
    "spare",
    "approvals",
    "version",
    "invitations",
    "email",
    "impersonations",
    "inbox",
    "users",
    "flag",
    "creations",
];

/// Somebody of the operators who acts for A's owner.
pub const IMPERSONATED: &str = "impersonated owner";

/// A feature flag, of which A has an exception.
const FLAG: &str = "made";

/// A webhook that was given up.
const GIVEN_UP: &str = "msg_given_up";

/// Whom invitations are for.
const INVITED: &str = "invited@outside.example";

/// Two tenants, everybody who may ask, and something of A's to ask for.
pub struct Stage<'t> {
    t: &'t TestApp,
    a: World,
    personas: Vec<(&'static str, Persona)>,
    /// Somebody on the project, who also asks for what others decide on.
    on_it: Persona,
    spare: String,
    project: String,
    document: String,
    approval: String,
    version: String,
    invitation: String,
    /// Who acts for the owner.
    operator: Persona,
    impersonation: String,
    /// An organization that the owner has begun to make.
    creation: String,
    roll: Roll,
    seen: Vec<String>,
}

impl<'t> Stage<'t> {
    /// A in the first of the tiers, the stranger in the second.
    pub async fn set(t: &'t TestApp, (first, second): (Tier, Tier)) -> Self {
        let a = t.tenant(CANARY, first).await;
        let b = t.tenant("globex", second).await;
        let mut personas = vec![
            ("anonymous", t.anonymous()),
            ("outsider", b.owner().clone()),
        ];
        personas.extend(["viewer", "member"].map(|role| (role, a.persona(role).clone())));
        for (name, last_name) in [("contributor", "contributor"), ("lead", "lead")] {
            personas.push((name, another(t, &a, last_name).await));
        }
        for role in ["manager", "admin", "owner"] {
            personas.push((role, a.persona(role).clone()));
        }
        let email = "acting@staff.example";
        let operator = t.user("Staff", "acting", email).await;
        let store = t.app.store();
        let granted = platform::grant(store, t.app.env(), email, "super_admin");
        assert_eq!(granted.await.unwrap(), 1);
        let (impersonation, impersonated) = t.act_for(&operator, a.owner()).await;
        personas.push((IMPERSONATED, impersonated));
        // A member of A like any other, and of B, which is the one that is active: B may know them.
        let both = t.unseen_user("Both", "traveller", "traveller@example.com");
        t.join(&a, &both, "org:admin").await;
        t.join(&b, &both, "org:member").await;
        personas.push(("admin elsewhere", t.persona(&both).await.within(&b)));
        for role in ["admin_staff", "super_admin"] {
            personas.push((role, t.staff(role).await.naming(&a)));
        }
        let on_it = another(t, &a, "assigned").await;
        let spare = another(t, &a, "spare").await.user().to_string();
        let roll = t.roll(&a).await;
        Self {
            t,
            roll,
            invitation: String::new(),
            operator,
            impersonation: id_of(&impersonation),
            creation: String::new(),
            a,
            personas,
            on_it,
            spare,
            project: String::new(),
            document: String::new(),
            approval: String::new(),
            version: String::new(),
            seen: Vec::new(),
        }
    }

    pub fn personas(&self) -> Vec<(&'static str, Persona)> {
        self.personas.clone()
    }

    /// A project of A's with its people and a document, untouched.
    pub async fn prepare(&mut self, operation: &Operation) {
        if operation.is_about_organizations() {
            self.t.restore(&self.a, &self.roll).await;
        }
        if operation.path.contains("impersonation") {
            self.act_anew().await;
        }
        if operation.path.contains("/platform/") {
            self.prepare_platform().await;
        }
        let owner = self.a.owner();
        if operation.path.contains("{invitationId}") {
            let path = format!("/organizations/{}/invitations", self.a.id);
            let body = json!({"email": INVITED, "role": "viewer"});
            self.invitation = owner.post(&path, body).await.assert_status(201).id();
            self.seen.push(self.invitation.clone());
        }
        if operation.path.contains("{creationId}") {
            let body = json!({"name": format!("{CANARY} too")});
            let _ = owner.post("/organizations", body).await.assert_status(201);
            let query = format!(
                "select id from control.outbound_intents
                 where kind = 'organization.create' and requested_by = '{}' limit 1",
                owner.user()
            );
            let one = self.t.rows(&query).await.remove(0);
            self.creation = id_of(&one);
            self.seen.push(self.creation.clone());
        }
        let body =
            json!({"name": format!("{CANARY} project"), "description": format!("{CANARY} plans")});
        self.project = owner.post("/projects", body).await.assert_status(201).id();
        let path = format!("/projects/{}/members", self.project);
        let lead = self.persona("lead").user().to_string();
        let contributor = self.persona("contributor").user().to_string();
        let on_it = self.on_it.user().to_string();
        for (member, role) in [
            (&lead, "lead"),
            (&contributor, "contributor"),
            (&on_it, "contributor"),
        ] {
            let body = json!({"memberId": member, "projectRole": role});
            assert!(owner.post(&path, body).await.status < 300);
        }
        self.document = self.upload(operation.id != "confirmUpload").await;
        let asked = json!({
            "kind": format!("{CANARY} advance"), "amount": 990, "currency": "EUR",
            "note": format!("{CANARY} needs it"),
        });
        let asked = self.on_it.post("/approvals", asked).await;
        self.approval = asked.assert_status(201).id();
        self.forget_grants().await;
        let mine = [&self.project, &self.document, &self.approval].map(String::clone);
        self.seen.extend(mine);
    }

    /// Nobody acts for anybody, but the operator for the owner.
    async fn act_anew(&mut self) {
        let end = "update control.impersonations set ended_at = created_at where ended_at is null";
        self.t.tamper(end).await;
        let owner = self.a.owner();
        let (impersonation, impersonated) = self.t.act_for(&self.operator, owner).await;
        self.impersonation = id_of(&impersonation);
        for (name, persona) in &mut self.personas {
            if *name == IMPERSONATED {
                *persona = impersonated.clone();
            }
        }
    }

    /// A webhook that was given up, a flag with an exception, and a conflict that nobody has looked at.
    async fn prepare_platform(&self) {
        self.t.expect_dead();
        let (user, other) = (&self.spare, self.on_it.user());
        for statement in [
            format!(
                "insert into control.webhook_inbox (id, event_type, payload, state, attempts, received_at)
                 values ('{GIVEN_UP}', 'user.created', '{{}}', 'dead', 3, now())
                 on conflict (id) do update set state = 'dead'"
            ),
            "delete from control.jobs where kind = 'inbox.process'".to_owned(),
            format!(
                "insert into control.feature_flags (key, is_enabled, created_at, updated_at)
                 values ('{FLAG}', true, now(), now()) on conflict (key) do nothing"
            ),
            format!(
                "insert into control.feature_flag_overrides (key, organization_id, is_enabled, updated_at)
                 values ('{FLAG}', '{}', false, now()) on conflict (key, organization_id) do nothing",
                self.a.id
            ),
            format!(
                "insert into control.conflicts (user_id, other_id, reason, created_at)
                 values ('{user}', '{other}', 'shared_email', now())
                 on conflict (user_id, other_id) do update set resolved_at = null"
            ),
        ] {
            self.t.tamper(&statement).await;
        }
    }

    /// Nobody was granted anything, so that each who may grants something new.
    async fn forget_grants(&mut self) {
        let user = self.on_it.user();
        let membership = format!("user_id = '{user}' and organization_id = '{}'", self.a.id);
        self.t
            .tamper(&format!(
                "update control.memberships set grants = '{{}}', version = version + 1 where {membership}"
            ))
            .await;
        let query = format!("select version from control.memberships where {membership}");
        self.version = self.t.rows(&query).await[0]["version"].to_string();
    }

    async fn upload(&self, is_confirmed: bool) -> String {
        let owner = self.a.owner();
        let path = format!("/projects/{}/documents/upload-init", self.project);
        let body =
            json!({"fileName": format!("{CANARY}.txt"), "contentType": "text/plain", "size": 5});
        let upload = owner.post(path, body).await.assert_status(201);
        assert_eq!(self.t.put_object(&upload.json(), b"bytes").await, 200);
        let document = upload.text_of("documentId");
        if is_confirmed {
            let path = format!("/documents/{document}/confirm");
            let _ = owner.post_empty(path).await.assert_status(200);
        }
        document
    }

    pub fn persona(&self, name: &str) -> &Persona {
        let found = self.personas.iter().find(|(known, _)| *known == name);
        &found.unwrap().1
    }

    pub fn props(&self) -> Props {
        Props::from([
            ("organizations", self.a.id.to_string()),
            ("projects", self.project.clone()),
            ("documents", self.document.clone()),
            ("members", self.on_it.user().to_string()),
            ("spare", self.spare.clone()),
            ("approvals", self.approval.clone()),
            ("version", self.version.clone()),
            ("invitations", self.invitation.clone()),
            ("email", INVITED.to_owned()),
            ("impersonations", self.impersonation.clone()),
            ("inbox", GIVEN_UP.to_owned()),
            ("flag", FLAG.to_owned()),
            ("users", self.on_it.user().to_string()),
            ("creations", self.creation.clone()),
        ])
    }

    /// What a stranger must not be told: names, e-mails, file names, ids.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![
            CANARY.to_owned(),
            self.a.id.to_string(),
            self.a.clerk_org_id.clone(),
        ];
        secrets.extend([self.on_it.user().to_string(), self.spare.clone()]);
        secrets.extend(self.seen.iter().cloned());
        secrets
    }
}

/// One more member of the organization.
async fn another(t: &TestApp, world: &World, last_name: &str) -> Persona {
    let email = format!("{last_name}@{}.example", world.slug);
    let data = t.unseen_user(&world.slug, last_name, &email);
    t.join(world, &data, "org:member").await;
    t.persona(&data).await.within(world)
}

fn id_of(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}
