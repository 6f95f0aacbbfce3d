//! Plans, features and custom permissions, in their compact form.
//!
//! `pla` lists plans and `fea` features, each as `scope:slug`; `o.per` lists the names of the
//! permissions, and `o.fpm` has one mask for each feature of the organization, in the order of
//! `fea`: bit *i*, least significant first, joins the feature with the *i*-th name. The
//! organization's features come first, since readers disagree on whether others are counted.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::store::billing::granted::Granted;

/// The most names of permissions: as many as a mask has bits.
const MAX_NAMES: usize = 128;

/// What a token says of plans, features and custom permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Plans.
    pla: Vec<String>,
    /// Features.
    fea: Vec<String>,
    /// Names of permissions.
    per: Vec<String>,
    /// Masks of the organization's features.
    fpm: Vec<u128>,
}

impl Grants {
    /// What an organization's plan and a role's permissions grant, and the user's own plan.
    ///
    /// System permissions are left out, as everywhere in tokens. Of the custom ones those whose
    /// feature only other plans have: a role cannot grant what was not bought. A feature that no
    /// plan has is not for sale, and every organization has it.
    #[must_use]
    pub fn new(
        permissions: &[String],
        organization: Option<&Granted>,
        user: Option<&Granted>,
    ) -> Self {
        let of = |granted: Option<&Granted>| -> BTreeSet<String> {
            granted
                .map(|granted| granted.features.iter().cloned().collect())
                .unwrap_or_default()
        };
        let is_withheld = |feature: &str| {
            organization.is_some_and(|plan| plan.withheld.iter().any(|slug| slug == feature))
        };
        let custom: Vec<(&str, &str)> = permissions
            .iter()
            .filter_map(|key| key.strip_prefix("org:")?.split_once(':'))
            .filter(|(feature, _)| !feature.starts_with("sys_") && !is_withheld(feature))
            .collect();
        let mut own = of(organization);
        own.extend(custom.iter().map(|(feature, _)| (*feature).to_owned()));
        let names: BTreeSet<&str> = custom.iter().map(|(_, name)| *name).collect();
        let names: Vec<&str> = names.into_iter().take(MAX_NAMES).collect();
        let mask = |feature: &String| {
            let bits = names.iter().enumerate();
            bits.filter(|(_, name)| custom.contains(&(feature.as_str(), **name)))
                .fold(0_u128, |mask, (bit, _)| mask | (1 << bit))
        };
        let users = of(user);
        let scope = |feature: &String| if users.contains(feature) { "ou" } else { "o" };
        let mut fea: Vec<String> = own.iter().map(|f| format!("{}:{f}", scope(f))).collect();
        fea.extend(users.difference(&own).map(|feature| format!("u:{feature}")));
        let plan = |scope: &str, plan: Option<&Granted>| Some(format!("{scope}:{}", plan?.slug));
        Self {
            pla: [plan("o", organization), plan("u", user)]
                .into_iter()
                .flatten()
                .collect(),
            fea,
            fpm: if names.is_empty() {
                Vec::new()
            } else {
                own.iter().map(mask).collect()
            },
            per: names.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Adds them to the claims, and to those of the organization where there is one. What is empty
    /// is left out.
    pub fn write(&self, claims: &mut Map<String, Value>, organization: Option<&mut Value>) {
        let mut add = |name: &str, list: &[String]| {
            if !list.is_empty() {
                claims.insert(name.to_owned(), list.join(",").into());
            }
        };
        add("pla", &self.pla);
        add("fea", &self.fea);
        if let Some(organization) = organization.filter(|_| !self.per.is_empty()) {
            let masks: Vec<String> = self.fpm.iter().map(u128::to_string).collect();
            organization["per"] = self.per.join(",").into();
            organization["fpm"] = masks.join(",").into();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    fn granted(slug: &str, features: &[&str], withheld: &[&str]) -> Granted {
        Granted {
            slug: slug.to_owned(),
            features: keys(features),
            withheld: keys(withheld),
        }
    }

    fn written(grants: &Grants) -> Value {
        let mut claims = Map::new();
        let mut organization = json!({});
        grants.write(&mut claims, Some(&mut organization));
        claims.insert("o".to_owned(), organization);
        claims.into()
    }

    /// Reads the claims as the documentation describes it, and in nothing as they are made here.
    fn decoded(claims: &Value) -> BTreeSet<String> {
        let list = |value: &Value| -> Vec<String> {
            let text = value.as_str().unwrap_or_default();
            text.split(',')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let names = list(&claims["o"]["per"]);
        let masks = list(&claims["o"]["fpm"]);
        let mut found = BTreeSet::new();
        let mut position = 0;
        for element in list(&claims["fea"]) {
            let (scope, feature) = element.split_once(':').unwrap();
            if !scope.contains('o') {
                continue;
            }
            let mut rest: u128 = masks.get(position).map_or(0, |mask| mask.parse().unwrap());
            position += 1;
            for name in &names {
                if rest % 2 == 1 {
                    found.insert(format!("org:{feature}:{name}"));
                }
                rest /= 2;
            }
        }
        found
    }

    #[test]
    fn the_documented_example() {
        let permissions = keys(&[
            "org:dashboard:manage",
            "org:dashboard:read",
            "org:teams:read",
            "org:sys_profile:manage",
        ]);
        let claims = written(&Grants::new(&permissions, None, None));
        let expected = json!({
            "fea": "o:dashboard,o:teams",
            "o": { "per": "manage,read", "fpm": "3,2" },
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn a_plan_without_custom_permissions_is_features_alone() {
        let plan = granted("starter", &["max_members_2"], &["dedicated_schema"]);
        let claims = written(&Grants::new(&[], Some(&plan), None));
        let expected = json!({ "pla": "o:starter", "fea": "o:max_members_2", "o": {} });
        assert_eq!(claims, expected);
        assert_eq!(written(&Grants::new(&[], None, None)), json!({ "o": {} }));
    }

    #[test]
    fn a_role_grants_nothing_that_was_not_bought() {
        let permissions = keys(&["org:reports:read", "org:exports:read", "org:chat:write"]);
        let plan = granted("starter", &["reports"], &["exports"]);
        let claims = written(&Grants::new(&permissions, Some(&plan), None));
        let held = decoded(&claims);
        assert_eq!(
            held,
            BTreeSet::from_iter(keys(&["org:reports:read", "org:chat:write"]))
        );
        assert_eq!(claims["fea"], "o:chat,o:reports");
    }

    #[test]
    fn features_of_the_user_alone_come_last_and_have_no_mask() {
        let permissions = keys(&["org:zeta:read"]);
        let organization = granted("pro", &["both"], &[]);
        let user = granted("plus", &["alpha", "both"], &[]);
        let claims = written(&Grants::new(&permissions, Some(&organization), Some(&user)));
        assert_eq!(claims["pla"], "o:pro,u:plus");
        assert_eq!(claims["fea"], "ou:both,o:zeta,u:alpha");
        assert_eq!(claims["o"]["fpm"], "0,1");
        assert_eq!(decoded(&claims).len(), 1);
    }

    /// Whatever set of permissions goes in comes out again: many sets, each of another shape.
    #[test]
    fn what_is_written_is_what_is_read() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut chance = move |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        for round in 0..500 {
            let features = 1 + chance(12);
            // Up to all the bits that a mask has.
            let names = 1 + chance(if round % 10 == 0 { 128 } else { 9 });
            let mut held = BTreeSet::new();
            for _ in 0..chance(200) {
                let (feature, name) = (chance(features), chance(names));
                held.insert(format!("org:f{feature}:p{name}"));
            }
            let plan = granted("pro", &["f0", "g1"], &[]);
            let user = granted("plus", &["f1", "a0"], &[]);
            let plan = (round % 2 == 0).then_some(&plan);
            let user = (round % 3 == 0).then_some(&user);
            let permissions: Vec<String> = held.iter().cloned().collect();
            let claims = written(&Grants::new(&permissions, plan, user));
            assert_eq!(decoded(&claims), held, "{claims}");
        }
    }
}
