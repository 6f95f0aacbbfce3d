//! Making the tables say what the settings say.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::error::Result;
use crate::settings::billing::{Feature, Plan};

sql! {
    /// One process at a time.
    LOCK() = "select pg_advisory_xact_lock(hashtext('idp.billing_plans'))";
    /// Features, by slug; the id of one that exists stays.
    FEATURES(TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TEXT_ARRAY, TIMESTAMPTZ) = "
        insert into idp.billing_features (id, slug, name, description, created_at)
        select id, slug, name, nullif(description, ''), $5
        from unnest($1::text[], $2::text[], $3::text[], $4::text[])
             as given (id, slug, name, description)
        on conflict (slug) do update set name = excluded.name, description = excluded.description
        where (idp.billing_features.name, idp.billing_features.description)
              is distinct from (excluded.name, excluded.description)";
    /// No plan is the default, until one is made it again.
    NO_DEFAULT() = "update idp.billing_plans set is_default = false where is_default";
    /// A plan, by slug; the id of one that exists stays.
    PLAN(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT_ARRAY, TEXT_ARRAY, INT8, BOOL, BOOL, BOOL, INT8,
         TIMESTAMPTZ) = "
        insert into idp.billing_plans (id, slug, name, description, payer_type, features,
            withheld, free_trial_days, is_default, is_visible, is_suspended, position, created_at,
            updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
        on conflict (slug) do update set name = $3, description = $4, payer_type = $5,
            features = $6, withheld = $7, free_trial_days = $8, is_default = $9, is_visible = $10,
            is_suspended = $11, position = $12, retired_at = null, updated_at = $13
        returning id";
    /// Plans that the settings no longer name.
    RETIRE(TEXT_ARRAY, TIMESTAMPTZ) = "
        update idp.billing_plans set retired_at = $2, is_default = false, updated_at = $2
        where retired_at is null and not slug = any($1)";
    /// Plans of payers that are not billed.
    SUSPEND(BOOL, BOOL) = "
        update idp.billing_plans
        set is_suspended = not (case payer_type when 'org' then $1::boolean else $2 end)
        where is_suspended = (case payer_type when 'org' then $1::boolean else $2 end)";
    /// The default price is another one by now.
    OLD_PRICE(TEXT, TEXT, INT8, INT8) = "
        update idp.billing_prices set is_default = false
        where plan_id = $1 and is_default
          and (currency, monthly_amount, annual_amount) is distinct from ($2, $3, $4)";
    /// The default price, where there is none.
    NEW_PRICE(TEXT, TEXT, TEXT, INT8, INT8, TIMESTAMPTZ) = "
        insert into idp.billing_prices (id, plan_id, currency, monthly_amount, annual_amount,
            is_default, created_at)
        values ($1, $2, $3, $4, $5, true, $6)
        on conflict (plan_id) where is_default do nothing";
    /// Organizations without a subscription.
    NEW_ORGANIZATIONS(INT8) = "
        select o.id from idp.organizations o
        where not exists (select 1 from idp.billing_subscriptions s where s.organization_id = o.id)
        order by o.created_at, o.id limit $1 for update of o skip locked";
    /// Users without one.
    NEW_USERS(INT8) = "
        select u.id from idp.users u
        where not exists (select 1 from idp.billing_subscriptions s where s.user_id = u.id)
        order by u.created_at, u.id limit $1 for update of u skip locked";
}

/// Waits until no other process synchronizes.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    tx.query_one(&LOCK, &[]).await?;
    Ok(())
}

/// Features with an id each, for those that are new.
pub async fn features(tx: &mut Tx, given: &[(String, &Feature)], now: Timestamp) -> Result<()> {
    let column = |read: fn(&(String, &Feature)) -> String| given.iter().map(read).collect();
    let ids: Vec<String> = column(|(id, _)| id.clone());
    let slugs: Vec<String> = column(|(_, feature)| feature.slug.clone());
    let names: Vec<String> = column(|(_, feature)| feature.name.clone());
    let texts: Vec<String> = column(|(_, f)| f.description.clone().unwrap_or_default());
    tx.execute(&FEATURES, &[&ids, &slugs, &names, &texts, &now])
        .await?;
    Ok(())
}

/// What the settings do not say of a plan themselves.
pub struct NewPlan<'a> {
    /// `cplan_…`, if it is new.
    pub id: String,
    /// `cprice_…`, if its amounts are.
    pub price_id: String,
    /// As in the settings.
    pub plan: &'a Plan,
    /// Features that only other plans of the same payers grant.
    pub withheld: Vec<String>,
    /// Of its amounts.
    pub currency: &'a str,
    /// Whether its payers are not billed.
    pub is_suspended: bool,
    /// Its place among the plans.
    pub position: i64,
}

/// Takes the part of the default from every plan: one can only become it when no other is.
pub async fn forget_defaults(tx: &mut Tx) -> Result<()> {
    tx.execute(&NO_DEFAULT, &[]).await?;
    Ok(())
}

/// A plan and its default price.
pub async fn plan(tx: &mut Tx, new: &NewPlan<'_>, now: Timestamp) -> Result<()> {
    let plan = new.plan;
    let row = tx
        .query_one(
            &PLAN,
            &[
                &new.id,
                &plan.slug,
                &plan.name,
                &plan.description,
                &plan.payer.as_str(),
                &plan.features,
                &new.withheld,
                &plan.free_trial_days.map(i64::from),
                &plan.default,
                &plan.visible,
                &new.is_suspended,
                &new.position,
                &now,
            ],
        )
        .await?;
    let id: String = row.get(0);
    let (monthly, annual) = (plan.monthly_amount, plan.annual_amount);
    tx.execute(&OLD_PRICE, &[&id, &new.currency, &monthly, &annual])
        .await?;
    let price = [&new.price_id, &id];
    tx.execute(
        &NEW_PRICE,
        &[price[0], price[1], &new.currency, &monthly, &annual, &now],
    )
    .await?;
    Ok(())
}

/// Retires every plan but the named ones, and suspends those of payers that are not billed.
pub async fn finish(
    tx: &mut Tx,
    slugs: &[String],
    organizations: bool,
    users: bool,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&RETIRE, &[&slugs, &now]).await?;
    tx.execute(&SUSPEND, &[&organizations, &users]).await?;
    Ok(())
}

/// Organizations without a subscription, locked.
pub async fn new_organizations(tx: &mut Tx, limit: i64) -> Result<Vec<String>> {
    let rows = tx.query(&NEW_ORGANIZATIONS, &[&limit]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Users without a subscription, locked.
pub async fn new_users(tx: &mut Tx, limit: i64) -> Result<Vec<String>> {
    let rows = tx.query(&NEW_USERS, &[&limit]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
