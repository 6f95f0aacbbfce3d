//! Who pays for what: kept in its latest state by the provider's time. The plan that an organization
//! is on follows in the same transaction ([`crate::plans`]).

use bailiwick_clerk::resources::{Payer, Subscription, SubscriptionItem};
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::subscriptions::{self, Item, Times};
use bailiwick_store::tombstones::{self, Kind};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Outcome, Word, key_hash, settle};
use crate::{App, Result, plans};

/// A subscription changed, and with it its items. `event_at` decides between two events that carry
/// the same time of the subscription.
///
/// # Errors
/// The database's.
pub async fn apply(
    app: &App,
    mut tx: Tx,
    subscription: &Subscription,
    word: Word,
    event_at: Timestamp,
) -> Result<Outcome> {
    let payer = subscription.payer.as_ref();
    let org = payer.and_then(Payer::organization_id);
    lock(&mut tx, org).await?;
    if is_of_the_dead(&mut tx, org).await? {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let row = subscriptions::Subscription {
        id: &subscription.id,
        clerk_org_id: org,
        clerk_user_id: payer.and_then(Payer::user_id),
        status: &subscription.status,
    };
    let times = Times {
        updated_at: word.at,
        event_at,
    };
    let mut is_news = subscriptions::upsert(&mut tx, &row, times, app.env().now()).await?;
    for item in &subscription.items {
        let times = Times {
            updated_at: item.updated_at.unwrap_or(word.at),
            event_at,
        };
        let row = Item {
            subscription_id: Some(&subscription.id),
            clerk_org_id: row.clerk_org_id,
            clerk_user_id: row.clerk_user_id,
            ..row_of(item)
        };
        is_news |= subscriptions::upsert_item(&mut tx, &row, times, app.env().now()).await?;
    }
    let after = json!({"status": subscription.status, "clerkOrgId": row.clerk_org_id});
    let fact = (
        "subscriptions.update",
        "subscription",
        subscription.id.as_str(),
    );
    end(app, tx, is_news, (fact, after), word, org).await
}

/// One plan of a subscription changed.
///
/// # Errors
/// The database's.
pub async fn apply_item(
    app: &App,
    mut tx: Tx,
    item: &SubscriptionItem,
    word: Word,
    event_at: Timestamp,
) -> Result<Outcome> {
    let times = Times {
        updated_at: word.at,
        event_at,
    };
    let mut row = row_of(item);
    let known = match row.clerk_org_id.or(row.clerk_user_id) {
        Some(_) => None,
        None => subscriptions::payer_of_item(&mut tx, row.id, row.subscription_id).await?,
    };
    row.clerk_org_id = row.clerk_org_id.or(known.as_deref());
    lock(&mut tx, row.clerk_org_id).await?;
    if is_of_the_dead(&mut tx, row.clerk_org_id).await? {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let is_news = subscriptions::upsert_item(&mut tx, &row, times, app.env().now()).await?;
    let after =
        json!({"status": item.status, "clerkOrgId": row.clerk_org_id, "plan": row.plan_slug});
    let fact = (
        "subscriptions.updateItem",
        "subscriptionItem",
        item.id.as_str(),
    );
    end(app, tx, is_news, (fact, after), word, row.clerk_org_id).await
}

/// The lock of the organization that pays: its plan is told from all of its items.
async fn lock(tx: &mut Tx, clerk_org_id: Option<&str>) -> Result<()> {
    if let Some(id) = clerk_org_id {
        tombstones::lock(tx, Kind::Organization, id).await?;
    }
    Ok(())
}

/// Where there is news: its fact, and the plan that follows from it with its own.
async fn end(
    app: &App,
    mut tx: Tx,
    is_news: bool,
    ((action, kind, id), after): ((&str, &str, &str), Value),
    word: Word,
    clerk_org_id: Option<&str>,
) -> Result<Outcome> {
    let changed = match clerk_org_id {
        Some(org) if is_news => plans::follow(app, &mut tx, org).await?,
        Some(_) | None => None,
    };
    let Some(changed) = changed else {
        return settle(app, tx, is_news, (action, kind, id), Some(after), word).await;
    };
    let fact = Fact {
        after: Some(after),
        ..Fact::impersonal(app.env(), word.origin(), action, (kind, id))
    };
    app.store().record(&mut tx, &fact).await?;
    plans::finish(app, tx, word.origin(), &changed).await?;
    Ok(Outcome::Done)
}

/// Whether who pays is an organization that was deleted: nothing of it is kept anew.
async fn is_of_the_dead(tx: &mut Tx, clerk_org_id: Option<&str>) -> Result<bool> {
    let Some(org) = clerk_org_id else {
        return Ok(false);
    };
    let found = tombstones::find(tx, Kind::Organization, &key_hash(org)).await?;
    Ok(found.is_some())
}

fn row_of(item: &SubscriptionItem) -> Item<'_> {
    let payer = item.payer.as_ref();
    let seats = item.seats.as_ref().and_then(|seats| seats.quantity);
    Item {
        id: &item.id,
        subscription_id: item.subscription_id.as_deref(),
        clerk_org_id: payer.and_then(Payer::organization_id),
        clerk_user_id: payer.and_then(Payer::user_id),
        plan_id: item.plan_id(),
        plan_slug: item.plan.as_ref().and_then(|plan| plan.slug.as_deref()),
        status: &item.status,
        is_free_trial: item.is_free_trial,
        seats: seats.map(i64::from),
        period_start: item.period_start,
        period_end: item.period_end,
    }
}
