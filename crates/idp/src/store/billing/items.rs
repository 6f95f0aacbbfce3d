//! The plans that a payer is on, was on and will be on.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::catalog::Period;
use crate::error::Result;
use crate::store::{Page, after};

/// A row of `idp.billing_items`.
#[derive(Clone, Debug)]
pub struct Item {
    /// `csub_item_…`.
    pub id: String,
    /// Whose it is.
    pub subscription_id: String,
    /// The plan.
    pub plan_id: String,
    /// At which price.
    pub price_id: String,
    /// How long one payment lasts.
    pub period: Period,
    /// `active`, `past_due`, `upcoming`, `incomplete`, `ended` or `abandoned`.
    pub status: String,
    /// Whether nothing is paid yet, since it is on trial.
    pub is_free_trial: bool,
    /// Whether it was said that the trial will end.
    pub trial_ending_said: bool,
    /// Where the periods are counted from.
    pub anchor_at: Timestamp,
    /// When this period began, or will.
    pub period_start: Timestamp,
    /// When this period ends; never where nothing is paid.
    pub period_end: Option<Timestamp>,
    /// When something has to be done about it.
    pub due_at: Option<Timestamp>,
    /// What its payer chose to pay with.
    pub payment_method_id: Option<String>,
    /// All that was paid for it.
    pub lifetime_paid: i64,
    /// When it was canceled; it stays in force until its period ends.
    pub canceled_at: Option<Timestamp>,
    /// Since when a payment is owed for it.
    pub past_due_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl Item {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            subscription_id: row.get("subscription_id"),
            plan_id: row.get("plan_id"),
            price_id: row.get("price_id"),
            period: Period::parse(row.get("plan_period")).unwrap_or(Period::Month),
            status: row.get("status"),
            is_free_trial: row.get("is_free_trial"),
            trial_ending_said: row.get("trial_ending_said"),
            anchor_at: row.get("anchor_at"),
            period_start: row.get("period_start"),
            period_end: row.get("period_end"),
            due_at: row.get("due_at"),
            payment_method_id: row.get("payment_method_id"),
            lifetime_paid: row.get("lifetime_paid"),
            canceled_at: row.get("canceled_at"),
            past_due_at: row.get("past_due_at"),
            ended_at: row.get("ended_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// Whether its plan is in force.
    #[must_use]
    pub fn is_current(&self) -> bool {
        matches!(self.status.as_str(), "active" | "past_due")
    }
}

macro_rules! columns {
    () => {
        "select i.id, i.subscription_id, i.plan_id, i.price_id, i.plan_period, i.status,
                i.is_free_trial, i.trial_ending_said, i.anchor_at, i.period_start, i.period_end,
                i.due_at, i.payment_method_id, i.lifetime_paid, i.canceled_at, i.past_due_at,
                i.ended_at, i.created_at, i.updated_at
         from idp.billing_items i "
    };
}

macro_rules! matching {
    () => {
        "join idp.billing_subscriptions s on s.id = i.subscription_id
         join idp.billing_prices p on p.id = i.price_id
         left join idp.organizations o on o.id = s.organization_id
         left join idp.users u on u.id = s.user_id
         where i.status <> 'incomplete' and i.status <> 'abandoned'
           and ($1 = '' or i.status = $1 or ($1 = 'free_trial' and i.is_free_trial
                and i.status = 'active'))
           and ($2 = '' or ($2 = 'org') = (s.organization_id is not null))
           and ($3 = '' or i.plan_id = $3)
           and ($4 or coalesce(p.monthly_amount, p.annual_amount) > 0)
           and ($5 = '' or strpos(lower(concat_ws(' ', o.name, o.slug, u.first_name, u.last_name,
                u.username, o.id, u.id)), lower($5)) > 0) "
    };
}

sql! {
    /// The items of a subscription that are not over, the one in force first.
    LIVE(TEXT) = concat!(columns!(), "
        where i.subscription_id = $1 and i.status in ('active', 'past_due', 'upcoming')
        order by i.status = 'upcoming', i.created_at limit 2");
    /// Items by id.
    LOAD(TEXT_ARRAY) = concat!(columns!(), "where i.id = any($1)");
    /// Items of all payers that match, newest first.
    LIST(TEXT, TEXT, TEXT, BOOL, TEXT, INT8, INT8) = concat!(columns!(), matching!(),
        "order by i.created_at desc, i.id limit $6 offset $7");
    /// How many [`LIST`] has on all pages.
    COUNT(TEXT, TEXT, TEXT, BOOL, TEXT) = concat!(
        "select count(*) from idp.billing_items i ", matching!());
    /// A new one.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ,
           TIMESTAMPTZ, TEXT, TIMESTAMPTZ) = "
        insert into idp.billing_items (id, subscription_id, plan_id, price_id, plan_period, status,
            is_free_trial, anchor_at, period_start, period_end, due_at, payment_method_id,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)";
    /// All that changes.
    UPDATE(TEXT, TEXT, BOOL, BOOL, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, INT8,
           TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.billing_items set status = $2, is_free_trial = $3, trial_ending_said = $4,
            anchor_at = $5, period_start = $6, period_end = $7, due_at = $8,
            payment_method_id = $9, lifetime_paid = $10, canceled_at = $11, past_due_at = $12,
            ended_at = $13, updated_at = $14
        where id = $1";
}

/// Which items of all payers.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    /// A status, or `free_trial`; empty for any.
    pub status: String,
    /// `org` or `user`; empty for any.
    pub payer_type: String,
    /// A plan's id; empty for any.
    pub plan_id: String,
    /// Whether those that cost nothing are there too.
    pub include_free: bool,
    /// A part of the payer's name or id; empty for anybody.
    pub query: String,
}

/// The items of a subscription that are not over: at most one in force, and one that comes next.
pub async fn live(tx: &mut Tx, subscription_id: &str) -> Result<Vec<Item>> {
    let rows = tx.query(&LIVE, &[&subscription_id]).await?;
    Ok(rows.iter().map(Item::read).collect())
}

/// Items by id, in no order; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Item>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&LOAD, &[&ids]).await?;
    Ok(rows.iter().map(Item::read).collect())
}

/// The item of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Item>> {
    Ok(load(tx, &[id.to_owned()]).await?.pop())
}

/// A page of the items that match, and how many there are on all pages.
pub async fn list(tx: &mut Tx, filter: &ItemFilter, page: Page) -> Result<(Vec<Item>, i64)> {
    let rows = tx
        .query(
            &LIST,
            &[
                &filter.status,
                &filter.payer_type,
                &filter.plan_id,
                &filter.include_free,
                &filter.query,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(
            &COUNT,
            &[
                &filter.status,
                &filter.payer_type,
                &filter.plan_id,
                &filter.include_free,
                &filter.query,
            ],
        )
        .await?
        .get(0);
    Ok((rows.iter().map(Item::read).collect(), count))
}

/// Stores a new one. A second one in force violates `billing_items_one_current`.
pub async fn insert(tx: &mut Tx, item: &Item) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &item.id,
            &item.subscription_id,
            &item.plan_id,
            &item.price_id,
            &item.period.as_str(),
            &item.status,
            &item.is_free_trial,
            &item.anchor_at,
            &item.period_start,
            &item.period_end,
            &item.due_at,
            &item.payment_method_id,
            &item.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves an item of a locked subscription and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, item: &mut Item, now: Timestamp) -> Result<()> {
    item.updated_at = after(item.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &item.id,
            &item.status,
            &item.is_free_trial,
            &item.trial_ending_said,
            &item.anchor_at,
            &item.period_start,
            &item.period_end,
            &item.due_at,
            &item.payment_method_id,
            &item.lifetime_paid,
            &item.canceled_at,
            &item.past_due_at,
            &item.ended_at,
            &item.updated_at,
        ],
    )
    .await?;
    Ok(())
}
