//! An organization with its people, made the way that real ones are: by the provider's webhooks.

use std::collections::BTreeMap;

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::{OrgId, UserId};
use serde_json::{Value, json};

use crate::fixtures::{self, event};
use crate::{Persona, TestApp};

/// The workspace's org roles, the greatest first, with what the provider calls them.
pub const ROLES: [(&str, &str); 5] = [
    ("owner", "org:admin"),
    ("admin", "org:admin"),
    ("manager", "org:manager"),
    ("member", "org:member"),
    ("viewer", "org:viewer"),
];

/// Set to `pro` or `starter`, it puts every tenant of a run in that tier.
const VARIABLE: &str = "TEST_TIER";

/// The tier that every tenant of this run lives in, where it was asked for one.
fn of_the_run() -> Option<Tier> {
    #[expect(
        clippy::disallowed_methods,
        reason = "how tests are run is said from outside"
    )]
    let wanted = std::env::var(VARIABLE)
        .ok()
        .filter(|tier| !tier.is_empty())?;
    let tier = Tier::ALL.iter().find(|tier| tier.as_str() == wanted);
    Some(*tier.unwrap_or_else(|| panic!("{VARIABLE} names no tier: {wanted}")))
}

/// An organization with a person in each role.
#[derive(Clone)]
pub struct World {
    /// Our id, which is the tenant's.
    pub id: OrgId,
    /// The provider's id.
    pub clerk_org_id: String,
    /// The slug, which all names in it carry.
    pub slug: String,
    /// The provider's organization.
    pub resource: Value,
    /// The tier that it was provisioned in.
    pub tier: Tier,
    people: BTreeMap<String, Persona>,
}

impl World {
    /// The person with this org role, with the organization active.
    #[must_use]
    pub fn persona(&self, role: &str) -> &Persona {
        let found = self.people.get(role);
        found.unwrap_or_else(|| panic!("nobody is {role} in {}", self.slug))
    }

    /// Who made it.
    #[must_use]
    pub fn owner(&self) -> &Persona {
        self.persona("owner")
    }

    /// An admin.
    #[must_use]
    pub fn admin(&self) -> &Persona {
        self.persona("admin")
    }

    /// A manager.
    #[must_use]
    pub fn manager(&self) -> &Persona {
        self.persona("manager")
    }

    /// A member.
    #[must_use]
    pub fn member(&self) -> &Persona {
        self.persona("member")
    }

    /// A viewer.
    #[must_use]
    pub fn viewer(&self) -> &Persona {
        self.persona("viewer")
    }
}

impl TestApp {
    /// A user whom the provider knows and whose webhook has been processed.
    pub async fn user(&self, first_name: &str, last_name: &str, email: &str) -> Persona {
        let data = self.unseen_user(first_name, last_name, email);
        self.apply(&event("user.created", &data, self.now())).await;
        self.persona(&data).await
    }

    /// A user whom the provider alone knows.
    #[must_use]
    pub fn unseen_user(&self, first_name: &str, last_name: &str, email: &str) -> Value {
        let id = format!("user_{}", self.number());
        let data = fixtures::user(&id, first_name, last_name, email, self.now());
        self.provider.know(&data);
        data
    }

    /// The person behind the provider's user, who may be unknown to the mirror.
    pub async fn persona(&self, data: &Value) -> Persona {
        let id = fixtures::text(data, "id");
        let query = format!("select id from control.users where clerk_user_id = '{id}'");
        let rows = self.rows(&query).await;
        let user = rows.first().map(|row| fixtures::text(row, "id"));
        let user = user.map_or_else(|| UserId::from(uuid::Uuid::nil()), |id| id.parse().unwrap());
        Persona::signed_in(self.target(), user, data)
    }

    /// The org roles of the mounted policy, the greatest first, with what the provider calls them.
    fn roles(&self) -> Vec<(String, String)> {
        let pack = self.app.pack();
        if pack.name() == "default" {
            let both =
                |(role, provider): &(&str, &str)| ((*role).to_owned(), (*provider).to_owned());
            return ROLES.iter().map(both).collect();
        }
        let both = |role| {
            let (key, outbound) = (pack.role_key(role), pack.role_outbound(role));
            (key.to_owned(), outbound.to_owned())
        };
        pack.roles().rev().map(both).collect()
    }

    /// A provisioned organization with a person in each role of the mounted policy.
    pub async fn tenant(&self, slug: &str, tier: Tier) -> World {
        let roles = self.roles();
        let people: Vec<Value> = roles
            .iter()
            .map(|(role, _)| self.unseen_user(slug, role, &format!("{role}@{slug}.example")))
            .collect();
        for person in &people {
            self.deliver(&event("user.created", person, self.now()))
                .await;
        }
        self.settle().await;
        let world = self.organization(slug, &people[0], tier).await;
        let mut world = world;
        for ((role, provider_role), data) in roles.iter().zip(&people) {
            let persona = self.persona(data).await.within(&world);
            self.join(&world, data, provider_role).await;
            world.people.insert(role.clone(), persona);
        }
        world
    }

    /// A provisioned organization that nobody has joined yet, not even its creator. In a run of one
    /// tier (`TEST_TIER=pro`) it lives in that one, unless the test means what it says
    /// ([`crate::Options::tiers_as_written`]).
    pub async fn organization(&self, slug: &str, creator: &Value, tier: Tier) -> World {
        let tier = match of_the_run() {
            Some(other) if !self.tiers_as_written => other,
            _ => tier,
        };
        let clerk_org_id = format!("org_{}", self.number());
        let now = self.now();
        let creator = fixtures::text(creator, "id");
        let resource = fixtures::organization(&clerk_org_id, slug, slug, &creator, now);
        self.provider.know(&resource);
        let message = self
            .deliver(&event("organization.created", &resource, now))
            .await;
        // The message alone: what it enqueued waits until the tier is what the test wants.
        bailiwick_services::inbox::process(&self.app, &message)
            .await
            .unwrap();
        let id = self.organization_id(&clerk_org_id).await;
        let mut tx = self.app.store().control().await.unwrap();
        let set = bailiwick_store::organizations::set_tier(&mut tx, id, tier.as_str(), now);
        set.await.unwrap();
        // Room for everybody whom a test brings: what the plan says is a test's of its own.
        let most = bailiwick_store::seats::set_members_max(&mut tx, id, Some(1_000), now);
        most.await.unwrap();
        tx.commit().await.unwrap();
        self.settle().await;
        let home = self.app.store().find_placement(id).await.unwrap();
        let is_shared = home.unwrap().schema.as_str() == bailiwick_store::migrations::SHARED;
        assert_eq!(is_shared, tier == Tier::Starter, "{slug} lives elsewhere");
        World {
            id,
            clerk_org_id,
            slug: slug.to_owned(),
            resource,
            tier,
            people: BTreeMap::new(),
        }
    }

    /// Makes the provider's user a member with the provider's role, and processes the webhook.
    pub async fn join(&self, world: &World, user: &Value, provider_role: &str) {
        let now = self.now();
        let membership = fixtures::membership(&world.resource, user, provider_role, now);
        self.provider.know(&membership);
        self.apply(&event("organizationMembership.created", &membership, now))
            .await;
    }

    /// Our id of the provider's organization.
    pub async fn organization_id(&self, clerk_org_id: &str) -> OrgId {
        let query =
            format!("select id from control.organizations where clerk_org_id = '{clerk_org_id}'");
        let rows = self.rows(&query).await;
        fixtures::text(&rows[0], "id").parse().unwrap()
    }

    /// Somebody who operates the installation and is a member of nothing.
    pub async fn staff(&self, platform_role: &str) -> Persona {
        let email = format!("{platform_role}@staff.example");
        let persona = self.user("Staff", platform_role, &email).await;
        let store = self.app.store();
        let granted =
            bailiwick_store::platform::grant(store, self.app.env(), &email, platform_role);
        assert_eq!(granted.await.unwrap(), 1);
        persona
    }
}

impl TestApp {
    /// What starting to act for somebody is asked with.
    #[must_use]
    pub fn impersonation_of(person: &Persona) -> Value {
        json!({"userId": person.user(), "reason": "Case 4711: the upload fails"})
    }

    /// Has `operator` act for `person`, through the provider's link: the impersonation as the API
    /// shows it, and who acts in the name of the person.
    pub async fn act_for(&self, operator: &Persona, person: &Persona) -> (Value, Persona) {
        let body = Self::impersonation_of(person);
        let started = operator.post("/platform/impersonations", body).await;
        let started = started.assert_status(201).json();
        let url = fixtures::text(&started, "url");
        let session = self.provider.use_ticket(&url).unwrap();
        let impersonated = person.impersonated_in(&session);
        (started["impersonation"].clone(), impersonated)
    }

    /// What the provider says of a person's membership from now on, with this role.
    #[must_use]
    pub fn provider_membership(
        &self,
        world: &World,
        person: &Persona,
        provider_role: &str,
    ) -> Value {
        let (first_name, last_name) = person.name().split_once(' ').unwrap_or_default();
        let user = fixtures::user(
            person.clerk_user_id(),
            first_name,
            last_name,
            person.email(),
            self.now(),
        );
        let membership = fixtures::membership(&world.resource, &user, provider_role, self.now());
        self.provider.know(&membership);
        membership
    }
}

/// Who belongs to an organization, as it was at one moment.
#[derive(Clone)]
pub struct Roll {
    rows: Vec<Value>,
    theirs: Vec<Value>,
    schema: String,
}

impl TestApp {
    /// Notes who belongs to an organization, here and at the provider.
    pub async fn roll(&self, world: &World) -> Roll {
        let rows = format!(
            "select id, role, provider_role, status from control.memberships where organization_id = '{}'",
            world.id
        );
        let schema = format!(
            "select schema_name from control.placements where organization_id = '{}'",
            world.id
        );
        Roll {
            rows: self.rows(&rows).await,
            theirs: self.provider.memberships_in(&world.clerk_org_id),
            schema: fixtures::text(&self.rows(&schema).await[0], "schema_name"),
        }
    }

    /// Puts everything about who belongs to an organization back, behind the product's back, and
    /// forgets what was on its way.
    pub async fn restore(&self, world: &World, roll: &Roll) {
        for row in &roll.rows {
            let text = |name| fixtures::text(row, name);
            let (id, role, provider_role, status) = (
                text("id"),
                text("role"),
                text("provider_role"),
                text("status"),
            );
            let statement = format!(
                "update control.memberships set role = '{role}', provider_role = '{provider_role}',
                        status = '{status}', version = version + 1 where id = '{id}'"
            );
            self.tamper(&statement).await;
        }
        let (org, schema) = (world.id, &roll.schema);
        for statement in [
            format!("update {schema}.members m set role = c.role, status = c.status from control.memberships c
                     where m.tenant_id = '{org}' and c.organization_id = '{org}' and c.user_id = m.id"),
            "delete from control.outbound_intents".to_owned(),
            "delete from control.jobs where kind = 'intents.send'".to_owned(),
            format!("delete from control.invitations where organization_id = '{org}'"),
            "delete from control.tombstones where kind = 'membership'".to_owned(),
        ] {
            self.tamper(&statement).await;
        }
        self.provider.forget_invitations();
        for membership in &roll.theirs {
            self.provider.know(membership);
        }
        drop(self.provider.take_events());
    }

    /// The role and the status of a person in an organization, as the mirror has them.
    pub async fn standing(&self, world: &World, person: &Persona) -> (String, String) {
        let query = format!(
            "select role, status from control.memberships where organization_id = '{}' and user_id = '{}'",
            world.id,
            person.user()
        );
        let rows = self.rows(&query).await;
        let row = rows
            .first()
            .unwrap_or_else(|| panic!("{} never was a member", person.name()));
        (fixtures::text(row, "role"), fixtures::text(row, "status"))
    }
}
