//! The same matrix in two other engines.

use std::collections::BTreeMap;

use anyhow::Context as _;
use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request,
};

use crate::Cell;

/// `cedar-policy`: a permit a role, users in roles.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    /// One a cell: making them is not part of what is measured.
    requests: Vec<Request>,
}

impl Cedar {
    pub fn new(cells: &[Cell]) -> anyhow::Result<Self> {
        let mut granted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for cell in cells {
            let actions = granted.entry(&cell.role_key).or_default();
            if cell.is_allowed {
                actions.push(format!("Action::\"{}\"", cell.permission_key));
            }
        }
        let policies: String = granted
            .iter()
            .filter(|(_, actions)| !actions.is_empty())
            .map(|(role, actions)| {
                format!(
                    "permit(principal in Role::\"{role}\", action in [{}], resource);\n",
                    actions.join(", ")
                )
            })
            .collect();
        let users: Vec<String> = granted
            .keys()
            .map(|role| {
                format!(
                    r#"{{"uid": {{"type": "User", "id": "{role}"}}, "attrs": {{}},
                        "parents": [{{"type": "Role", "id": "{role}"}}]}}"#
                )
            })
            .collect();
        let entities = Entities::from_json_str(&format!("[{}]", users.join(",")), None)?;
        let uid = |kind: &str, id: &str| -> anyhow::Result<EntityUid> {
            Ok(format!("{kind}::\"{id}\"").parse()?)
        };
        let requests: anyhow::Result<Vec<Request>> = cells
            .iter()
            .map(|cell| {
                let principal = uid("User", &cell.role_key)?;
                let action = uid("Action", &cell.permission_key)?;
                let resource = uid("Organization", "one")?;
                Ok(Request::new(principal, action, resource, Context::empty(), None)?)
            })
            .collect();
        Ok(Self {
            authorizer: Authorizer::new(),
            policies: policies.parse()?,
            entities,
            requests: requests?,
        })
    }

    pub fn decide(&self, at: usize) -> bool {
        let answer =
            self.authorizer
                .is_authorized(&self.requests[at], &self.policies, &self.entities);
        answer.decision() == Decision::Allow
    }
}

/// `casbin`: its own RBAC model, a user in each role.
pub struct Casbin(Enforcer);

const MODEL: &str = "
[request_definition]
r = sub, act

[policy_definition]
p = sub, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = g(r.sub, p.sub) && r.act == p.act
";

impl Casbin {
    pub async fn new(cells: &[Cell]) -> anyhow::Result<Self> {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        for cell in cells.iter().filter(|cell| cell.is_allowed) {
            let role = format!("role:{}", cell.role_key);
            enforcer
                .add_policy(vec![role, cell.permission_key.clone()])
                .await?;
        }
        let mut roles: Vec<&str> = cells.iter().map(|cell| cell.role_key.as_str()).collect();
        roles.dedup();
        for role in roles {
            enforcer
                .add_grouping_policy(vec![role.to_owned(), format!("role:{role}")])
                .await?;
        }
        Ok(Self(enforcer))
    }

    pub fn decide(&self, cell: &Cell) -> anyhow::Result<bool> {
        self.0
            .enforce((cell.role_key.as_str(), cell.permission_key.as_str()))
            .context("casbin")
    }
}
