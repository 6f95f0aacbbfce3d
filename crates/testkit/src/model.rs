//! A provider to which things happen: people and organizations come, change and go at random, each
//! time with the events that tell of it. And the comparison of a mirror with it, which shares no
//! code with the product.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_pg::{Pool, sql};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::fixtures::{self, changed, deleted, event, text};
use crate::{Dice, Provider};

const ROLES: [&str; 4] = ["org:admin", "org:manager", "org:member", "org:viewer"];

sql! {
    /// The living users.
    USERS() = "
        select clerk_user_id || ' ' || coalesce(email, '-') || ' ' || coalesce(full_name, '-') || ' ' || clerk_metadata::text
        from control.users where deleted_at is null";
    /// The living organizations.
    ORGANIZATIONS() = "
        select clerk_org_id || ' ' || name || ' ' || slug || ' ' || provisioning_status
        from control.organizations where deleted_at is null";
    /// Who belongs where.
    MEMBERSHIPS() = "
        select o.clerk_org_id || ' ' || u.clerk_user_id || ' ' || m.provider_role || ' ' || m.role || ' ' || m.status
        from control.memberships m join control.users u on u.id = m.user_id
        join control.organizations o on o.id = m.organization_id where m.status <> 'removed'";
    /// The same inside the tenants.
    MEMBERS() = "
        select 'in tenant ' || o.clerk_org_id || ' ' || u.clerk_user_id || ' ' || m.role || ' ' || m.status
        from tenant_shared.members m join control.users u on u.id = m.id
        join control.organizations o on o.id = m.tenant_id
        where m.status <> 'removed' and o.deleted_at is null";
}

/// A provider to which things happen.
pub struct Model {
    dice: Dice,
    now: Timestamp,
    provider: Provider,
    users: BTreeMap<String, Value>,
    organizations: BTreeMap<String, Value>,
    /// By organization and user.
    memberships: BTreeMap<(String, String), Value>,
    number: u32,
}

impl Model {
    /// An empty one at `start`; what `provider` answers follows it.
    #[must_use]
    pub fn new(seed: u64, start: Timestamp, provider: Provider) -> Self {
        Self {
            dice: Dice::new(seed),
            now: start,
            provider,
            users: BTreeMap::new(),
            organizations: BTreeMap::new(),
            memberships: BTreeMap::new(),
            number: 0,
        }
    }

    /// The time of what happened last.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Something happens. Answers the events that tell of it, at least one.
    pub fn step(&mut self) -> Vec<Value> {
        let wait = 1 + self.dice.below(1000);
        self.now += SignedDuration::from_millis(i64::try_from(wait).unwrap());
        let happened = match self.dice.below(100) {
            0..15 => Some(self.create_user()),
            15..28 => self.update_user(),
            28..32 => self.delete_user(),
            32..38 => self.create_organization(),
            38..47 => self.update_organization(),
            47..49 => self.delete_organization(),
            49..68 => self.join(),
            68..86 => self.change_role(),
            _ => self.leave(),
        };
        happened.unwrap_or_else(|| self.create_user())
    }

    fn next(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    fn pick<K: Clone + Ord, V>(dice: &mut Dice, from: &BTreeMap<K, V>) -> Option<K> {
        let at = (!from.is_empty()).then(|| dice.below(from.len()))?;
        from.keys().nth(at).cloned()
    }

    fn create_user(&mut self) -> Vec<Value> {
        let n = self.next();
        let id = format!("user_{n:05}");
        let email = format!("{id}@example.com");
        let user = fixtures::user(&id, &format!("First{n}"), "Last", &email, self.now);
        self.provider.know(&user);
        self.users.insert(id, user.clone());
        vec![event("user.created", &user, self.now)]
    }

    fn update_user(&mut self) -> Option<Vec<Value>> {
        let id = Self::pick(&mut self.dice, &self.users)?;
        let n = self.next();
        let changes = match self.dice.below(3) {
            0 => json!({"first_name": format!("Renamed{n}")}),
            1 => json!({"public_metadata": {"color": n}}),
            _ => {
                let mut addresses = self.users[&id]["email_addresses"].clone();
                addresses[0]["email_address"] = json!(format!("{id}-{n}@example.com"));
                json!({"email_addresses": addresses})
            }
        };
        let user = changed(&self.users[&id], self.now, changes);
        self.provider.know(&user);
        self.users.insert(id, user.clone());
        Some(vec![event("user.updated", &user, self.now)])
    }

    fn delete_user(&mut self) -> Option<Vec<Value>> {
        let id = Self::pick(&mut self.dice, &self.users)?;
        let user = self.users.remove(&id)?;
        self.provider.forget(&id);
        let mut events = vec![event("user.deleted", &deleted(&user), self.now)];
        events.extend(self.end_memberships(|(_, user)| *user == id));
        Some(events)
    }

    /// Ends memberships; the provider tells of some of these ends alone.
    fn end_memberships(&mut self, of: impl Fn(&(String, String)) -> bool) -> Vec<Value> {
        let keys: Vec<_> = self.memberships.keys().filter(|k| of(k)).cloned().collect();
        let mut events = Vec::new();
        for key in keys {
            let membership = self.memberships.remove(&key).unwrap_or_default();
            self.provider.forget(&text(&membership, "id"));
            if self.dice.below(2) == 0 {
                let left = "organizationMembership.deleted";
                events.push(event(left, &membership, self.now));
            }
        }
        events
    }

    fn create_organization(&mut self) -> Option<Vec<Value>> {
        let creator = Self::pick(&mut self.dice, &self.users)?;
        let n = self.next();
        let id = format!("org_{n:05}");
        let (name, slug) = (format!("Organization {n}"), format!("organization-{n}"));
        let org = fixtures::organization(&id, &name, &slug, &creator, self.now);
        self.provider.know(&org);
        self.organizations.insert(id.clone(), org.clone());
        let mut events = vec![event("organization.created", &org, self.now)];
        events.push(self.put_in(&id, &creator, "org:admin", None));
        Some(events)
    }

    fn update_organization(&mut self) -> Option<Vec<Value>> {
        let id = Self::pick(&mut self.dice, &self.organizations)?;
        let n = self.next();
        if self.dice.below(4) == 0 {
            return self.swap_slugs(&id);
        }
        let changes = match self.dice.below(2) {
            0 => json!({"name": format!("Renamed {n}")}),
            _ => json!({"slug": format!("moved-{n}")}),
        };
        Some(vec![self.change_organization(&id, changes)])
    }

    fn change_organization(&mut self, id: &str, changes: Value) -> Value {
        let org = changed(&self.organizations[id], self.now, changes);
        self.provider.know(&org);
        self.organizations.insert(id.to_owned(), org.clone());
        event("organization.updated", &org, self.now)
    }

    /// Two organizations exchange their slugs, by way of a third.
    fn swap_slugs(&mut self, one: &str) -> Option<Vec<Value>> {
        let other = Self::pick(&mut self.dice, &self.organizations)?;
        if other == one {
            return None;
        }
        let slug = |model: &Self, id: &str| text(&model.organizations[id], "slug");
        let (first, second) = (slug(self, one), slug(self, &other));
        let aside = format!("aside-{}", self.next());
        let mut events = vec![self.change_organization(one, json!({"slug": aside}))];
        self.now += SignedDuration::from_millis(1);
        events.push(self.change_organization(&other, json!({"slug": first})));
        self.now += SignedDuration::from_millis(1);
        events.push(self.change_organization(one, json!({"slug": second})));
        Some(events)
    }

    fn delete_organization(&mut self) -> Option<Vec<Value>> {
        let id = Self::pick(&mut self.dice, &self.organizations)?;
        let org = self.organizations.remove(&id)?;
        self.provider.forget(&id);
        let mut events = vec![event("organization.deleted", &deleted(&org), self.now)];
        events.extend(self.end_memberships(|(org, _)| *org == id));
        Some(events)
    }

    /// Somebody joins, or comes back.
    fn join(&mut self) -> Option<Vec<Value>> {
        let org = Self::pick(&mut self.dice, &self.organizations)?;
        let user = Self::pick(&mut self.dice, &self.users)?;
        if self.memberships.contains_key(&(org.clone(), user.clone())) {
            return None;
        }
        let role = ROLES[self.dice.below(ROLES.len())];
        Some(vec![self.put_in(&org, &user, role, None)])
    }

    fn change_role(&mut self) -> Option<Vec<Value>> {
        let (org, user) = Self::pick(&mut self.dice, &self.memberships)?;
        let role = ROLES[self.dice.below(ROLES.len())];
        let before = self.memberships[&(org.clone(), user.clone())].clone();
        Some(vec![self.put_in(&org, &user, role, Some(&before))])
    }

    fn put_in(&mut self, org: &str, user: &str, role: &str, before: Option<&Value>) -> Value {
        let n = self.next();
        let (org_resource, user_resource) = (&self.organizations[org], &self.users[user]);
        let mut membership = fixtures::membership(org_resource, user_resource, role, self.now);
        let kind = match before {
            Some(before) => {
                membership["id"] = before["id"].clone();
                membership["created_at"] = before["created_at"].clone();
                "organizationMembership.updated"
            }
            None => {
                membership["id"] = json!(format!("orgmem_{n:05}"));
                "organizationMembership.created"
            }
        };
        self.provider.know(&membership);
        let key = (org.to_owned(), user.to_owned());
        self.memberships.insert(key, membership.clone());
        event(kind, &membership, self.now)
    }

    fn leave(&mut self) -> Option<Vec<Value>> {
        let key = Self::pick(&mut self.dice, &self.memberships)?;
        let membership = self.memberships.remove(&key)?;
        self.provider.forget(&text(&membership, "id"));
        let left = "organizationMembership.deleted";
        Some(vec![event(left, &membership, self.now)])
    }

    /// What a mirror of this must hold, a line each.
    fn expected(&self) -> BTreeSet<String> {
        let users = self.users.iter().map(|(id, user)| {
            let email = text(&user["email_addresses"][0], "email_address");
            let (first, last) = (text(user, "first_name"), text(user, "last_name"));
            let metadata = match user["public_metadata"]["color"].as_u64() {
                Some(color) => format!("{{\"color\": {color}}}"),
                None => "{}".to_owned(),
            };
            format!("{id} {email} {first} {last} {metadata}")
        });
        let organizations = self.organizations.iter().map(|(id, org)| {
            let (name, slug) = (text(org, "name"), text(org, "slug"));
            format!("{id} {name} {slug} COMPLETED")
        });
        let memberships = self
            .memberships
            .iter()
            .flat_map(|((org, user), membership)| {
                let theirs = text(membership, "role");
                let made_it = text(&self.organizations[org], "created_by") == *user;
                let ours = match theirs.as_str() {
                    "org:admin" if made_it => "owner",
                    other => other.trim_start_matches("org:"),
                };
                [
                    format!("{org} {user} {theirs} {ours} active"),
                    format!("in tenant {org} {user} {ours} active"),
                ]
            });
        users.chain(organizations).chain(memberships).collect()
    }

    /// How many rows a mirror of this has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.expected().len()
    }

    /// What differs between this and the mirror in a database: `-` is missing there, `+` is too
    /// much. `look` sees past row-level security.
    pub async fn differences(&self, look: &Pool) -> Vec<String> {
        let mut seen = BTreeSet::new();
        for statement in STATEMENTS {
            for row in look.query(statement, &[]).await.unwrap() {
                seen.insert(row.get::<_, String>(0));
            }
        }
        let expected = self.expected();
        let missing = expected.difference(&seen).map(|line| format!("- {line}"));
        let too_much = seen.difference(&expected).map(|line| format!("+ {line}"));
        missing.chain(too_much).collect()
    }
}
