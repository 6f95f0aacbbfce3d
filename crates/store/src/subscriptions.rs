//! Who pays for what at the provider, in its latest state.

use bailiwick_pg::{ToSql, Tx, sql};
use jiff::Timestamp;

use crate::Result;

sql! {
    /// A subscription's newer state: by its own time, then by the event's.
    UPSERT(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.subscriptions (clerk_subscription_id, clerk_org_id, clerk_user_id, status,
               clerk_updated_at, clerk_event_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (clerk_subscription_id) do update set
               clerk_org_id = coalesce(excluded.clerk_org_id, subscriptions.clerk_org_id),
               clerk_user_id = coalesce(excluded.clerk_user_id, subscriptions.clerk_user_id),
               status = excluded.status, clerk_updated_at = excluded.clerk_updated_at,
               clerk_event_at = excluded.clerk_event_at, updated_at = excluded.updated_at
        where (subscriptions.clerk_updated_at, subscriptions.clerk_event_at)
            < (excluded.clerk_updated_at, excluded.clerk_event_at)";
    /// The same of one plan of it. Of the same times, the state counts that is later in an item's
    /// life, so that it does not matter which of two was told first.
    UPSERT_ITEM(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, BOOL, INT8, TIMESTAMPTZ, TIMESTAMPTZ,
                TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.subscription_items (clerk_item_id, clerk_subscription_id, clerk_org_id, clerk_user_id,
               plan_id, plan_slug, status, is_free_trial, seats, period_start, period_end,
               clerk_updated_at, clerk_event_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (clerk_item_id) do update set
               clerk_subscription_id = coalesce(excluded.clerk_subscription_id, subscription_items.clerk_subscription_id),
               clerk_org_id = coalesce(excluded.clerk_org_id, subscription_items.clerk_org_id),
               clerk_user_id = coalesce(excluded.clerk_user_id, subscription_items.clerk_user_id),
               plan_id = coalesce(excluded.plan_id, subscription_items.plan_id),
               plan_slug = coalesce(excluded.plan_slug, subscription_items.plan_slug),
               status = excluded.status, is_free_trial = excluded.is_free_trial, seats = excluded.seats,
               period_start = excluded.period_start, period_end = excluded.period_end,
               clerk_updated_at = excluded.clerk_updated_at, clerk_event_at = excluded.clerk_event_at,
               updated_at = excluded.updated_at
        where (subscription_items.clerk_updated_at, subscription_items.clerk_event_at,
               control.item_rank(subscription_items.status))
            < (excluded.clerk_updated_at, excluded.clerk_event_at, control.item_rank(excluded.status))";
    /// What an older state of an item says and the newer did not.
    COMPLETE_ITEM(TEXT, TEXT, TEXT, TEXT, TEXT) = "
        update control.subscription_items set
               clerk_subscription_id = coalesce(clerk_subscription_id, $2), clerk_org_id = coalesce(clerk_org_id, $3),
               plan_id = coalesce(plan_id, $4), plan_slug = coalesce(plan_slug, $5)
        where clerk_item_id = $1 and (
              (clerk_subscription_id is null and $2::text is not null) or (clerk_org_id is null and $3::text is not null)
              or (plan_id is null and $4::text is not null) or (plan_slug is null and $5::text is not null))";
    /// Whose an item is that does not say so: of its earlier states, and of its subscription.
    PAYER_OF_ITEM(TEXT, TEXT) = "
        select coalesce(
          (select i.clerk_org_id from control.subscription_items i where i.clerk_item_id = $1),
          (select s.clerk_org_id from control.subscriptions s
           where s.clerk_subscription_id = coalesce($2, (select i.clerk_subscription_id
             from control.subscription_items i where i.clerk_item_id = $1))))";
    /// The items of a subscription that did not say whose they are.
    ADOPT_ITEMS(TEXT, TEXT) = "
        update control.subscription_items set clerk_org_id = $2
        where clerk_subscription_id = $1 and clerk_org_id is null and clerk_user_id is null";
}

/// By what two states of the same thing are ordered.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The provider's `updated_at` of the thing.
    pub updated_at: Timestamp,
    /// When the event happened that said so.
    pub event_at: Timestamp,
}

/// A subscription.
#[derive(Debug, Clone, Copy)]
pub struct Subscription<'a> {
    /// The provider's id.
    pub id: &'a str,
    /// The provider's id of the organization that pays.
    pub clerk_org_id: Option<&'a str>,
    /// The provider's id of the user who pays.
    pub clerk_user_id: Option<&'a str>,
    /// The provider's word.
    pub status: &'a str,
}

/// One plan of a subscription.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The provider's id.
    pub id: &'a str,
    /// The provider's id of the subscription.
    pub subscription_id: Option<&'a str>,
    /// The provider's id of the organization that pays.
    pub clerk_org_id: Option<&'a str>,
    /// The provider's id of the user who pays.
    pub clerk_user_id: Option<&'a str>,
    /// The provider's id of the plan.
    pub plan_id: Option<&'a str>,
    /// The name by which products know it.
    pub plan_slug: Option<&'a str>,
    /// The provider's word.
    pub status: &'a str,
    /// Whether nothing is paid yet.
    pub is_free_trial: bool,
    /// Seats that are paid for.
    pub seats: Option<i64>,
    /// Paid for from then.
    pub period_start: Option<Timestamp>,
    /// Until then.
    pub period_end: Option<Timestamp>,
}

/// Writes a subscription; `false` where this is no news.
///
/// # Errors
/// The database's.
pub async fn upsert(
    tx: &mut Tx,
    subscription: &Subscription<'_>,
    times: Times,
    now: Timestamp,
) -> Result<bool> {
    let s = subscription;
    let n = tx
        .execute(
            &UPSERT,
            &[
                &s.id,
                &s.clerk_org_id,
                &s.clerk_user_id,
                &s.status,
                &times.updated_at,
                &times.event_at,
                &now,
            ],
        )
        .await?;
    let adopted = match s.clerk_org_id {
        Some(org) => tx.execute(&ADOPT_ITEMS, &[&s.id, &org]).await?,
        None => 0,
    };
    Ok(n + adopted > 0)
}

/// The provider's id of the organization that an item is of, where it is known from what was told
/// before.
///
/// # Errors
/// The database's.
pub async fn payer_of_item(
    tx: &mut Tx,
    id: &str,
    subscription_id: Option<&str>,
) -> Result<Option<String>> {
    let row = tx
        .query_one(&PAYER_OF_ITEM, &[&id, &subscription_id])
        .await?;
    row.try_get(0)
}

/// Writes one plan of a subscription; `false` where this is no news.
///
/// # Errors
/// The database's.
pub async fn upsert_item(
    tx: &mut Tx,
    item: &Item<'_>,
    times: Times,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            &UPSERT_ITEM,
            &[
                &item.id,
                &item.subscription_id,
                &item.clerk_org_id,
                &item.clerk_user_id,
                &item.plan_id,
                &item.plan_slug,
                &item.status,
                &item.is_free_trial,
                &item.seats,
                &item.period_start,
                &item.period_end,
                &times.updated_at,
                &times.event_at,
                &now,
            ],
        )
        .await?;
    let completed = if n == 1 {
        0
    } else {
        let known: [&(dyn ToSql + Sync); 5] = [
            &item.id,
            &item.subscription_id,
            &item.clerk_org_id,
            &item.plan_id,
            &item.plan_slug,
        ];
        tx.execute(&COMPLETE_ITEM, &known).await?
    };
    Ok(n + completed > 0)
}
