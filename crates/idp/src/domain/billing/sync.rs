//! Making the tables say what the settings say.

use std::collections::HashSet;

use super::account::{Owner, open};
use crate::error::Result;
use crate::ids;
use crate::instance::Idp;
use crate::settings::billing::{Billing, Plan};
use crate::store;
use crate::store::billing::sync::{self as rows, NewPlan};

/// Owners that are given a subscription in one transaction.
const BITE: i64 = 100;

/// Brings plans, prices and features to what the settings say, and gives every organization and
/// user that is billed and has no subscription the default one. Safe to repeat, and from several
/// processes at once.
pub async fn sync(idp: &Idp) -> Result<()> {
    let settings = idp.settings();
    let billing = &settings.billing;
    let env = idp.env();
    let now = store::now(env);
    let mut tx = idp.pool().begin().await?;
    rows::lock(&mut tx).await?;
    let features: Vec<_> = billing
        .features
        .iter()
        .map(|feature| (ids::new(env, ids::Kind::Feature), feature))
        .collect();
    rows::features(&mut tx, &features, now).await?;
    rows::forget_defaults(&mut tx).await?;
    for (position, plan) in (0_i64..).zip(&billing.plans) {
        let new = NewPlan {
            id: ids::new(env, ids::Kind::Plan),
            price_id: ids::new(env, ids::Kind::Price),
            plan,
            withheld: withheld(billing, plan),
            currency: &billing.currency,
            is_suspended: !billing.is_enabled(plan.payer),
            position,
        };
        rows::plan(&mut tx, &new, now).await?;
    }
    let slugs: Vec<String> = billing.plans.iter().map(|plan| plan.slug.clone()).collect();
    let (organizations, users) = (billing.organizations, billing.users);
    rows::finish(&mut tx, &slugs, organizations, users, now).await?;
    tx.commit().await?;
    while organizations && begin(idp, Owner::Organization).await? {}
    while users && begin(idp, Owner::User).await? {}
    Ok(())
}

/// What other plans of the same payers grant and this one does not.
fn withheld(billing: &Billing, plan: &Plan) -> Vec<String> {
    let own: HashSet<&String> = plan.features.iter().collect();
    let others = billing
        .plans
        .iter()
        .filter(|other| other.payer == plan.payer);
    let mut slugs: Vec<String> = others
        .flat_map(|other| &other.features)
        .filter(|slug| !own.contains(slug))
        .cloned()
        .collect();
    slugs.sort_unstable();
    slugs.dedup();
    slugs
}

/// Gives some owners their subscription; whether there may be more.
async fn begin(idp: &Idp, owner: fn(String) -> Owner) -> Result<bool> {
    let mut tx = idp.pool().begin().await?;
    let ids = match owner(String::new()) {
        Owner::Organization(_) => rows::new_organizations(&mut tx, BITE).await?,
        Owner::User(_) => rows::new_users(&mut tx, BITE).await?,
    };
    let is_full = i64::try_from(ids.len()).is_ok_and(|count| count == BITE);
    for id in ids {
        open(idp, &mut tx, &owner(id)).await?;
    }
    tx.commit().await?;
    Ok(is_full)
}
