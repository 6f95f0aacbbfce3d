//! Payers and their subscriptions.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;
use crate::store::after;

/// A row of `idp.billing_subscriptions`.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// `csub_…`.
    pub id: String,
    /// `cpayer_…`.
    pub payer_id: String,
    /// Whose it is, where it is an organization's.
    pub organization_id: Option<String>,
    /// Whose it is, where it is a user's.
    pub user_id: Option<String>,
    /// Whether the last renewal could not be paid: `active` or `past_due`.
    pub status: String,
    /// What the payer has in hand.
    pub credits: i64,
    /// When the only free trial began.
    pub trial_used_at: Option<Timestamp>,
    /// Since when a payment is owed.
    pub past_due_at: Option<Timestamp>,
    /// `cpayment_…`.
    pub latest_payment_id: Option<String>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// Orders the changes, of its items too.
    pub updated_at: Timestamp,
}

impl Subscription {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            payer_id: row.get("payer_id"),
            organization_id: row.get("organization_id"),
            user_id: row.get("user_id"),
            status: row.get("status"),
            credits: row.get("credits"),
            trial_used_at: row.get("trial_used_at"),
            past_due_at: row.get("past_due_at"),
            latest_payment_id: row.get("latest_payment_id"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// `org` or `user`.
    #[must_use]
    pub fn payer_type(&self) -> &'static str {
        if self.organization_id.is_some() {
            "org"
        } else {
            "user"
        }
    }
}

macro_rules! columns {
    () => {
        "select id, payer_id, organization_id, user_id, status, credits, trial_used_at,
                past_due_at, latest_payment_id, created_at, updated_at
         from idp.billing_subscriptions "
    };
}

sql! {
    /// The subscription of an organization or user.
    FIND(TEXT) = concat!(columns!(), "where organization_id = $1 or user_id = $1");
    /// The same, locked.
    FIND_LOCKED(TEXT) = concat!(columns!(),
        "where organization_id = $1 or user_id = $1 for update");
    /// Subscriptions by id.
    LOAD(TEXT_ARRAY) = concat!(columns!(), "where id = any($1)");
    /// A subscription by id, locked.
    LOAD_LOCKED(TEXT) = concat!(columns!(), "where id = $1 for update");
    /// A new one.
    INSERT(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.billing_subscriptions (id, payer_id, organization_id, user_id, status,
            created_at, updated_at)
        values ($1, $2, $3, $4, 'active', $5, $5)";
    /// All that changes.
    UPDATE(TEXT, TEXT, INT8, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, TIMESTAMPTZ) = "
        update idp.billing_subscriptions set status = $2, credits = $3, trial_used_at = $4,
            past_due_at = $5, latest_payment_id = $6, updated_at = $7
        where id = $1";
    /// One where something is due, locked; those that others work on are passed over.
    DUE(TIMESTAMPTZ) = "
        select s.id from idp.billing_subscriptions s
        join idp.billing_items i on i.subscription_id = s.id
        where i.due_at <= $1 and i.status in ('active', 'past_due')
        order by i.due_at, s.id limit 1 for update of s skip locked";
}

/// The subscription of an organization or user, by that one's id.
pub async fn find(tx: &mut Tx, owner: &str) -> Result<Option<Subscription>> {
    let row = tx.query_opt(&FIND, &[&owner]).await?;
    Ok(row.as_ref().map(Subscription::read))
}

/// The same, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, owner: &str) -> Result<Option<Subscription>> {
    let row = tx.query_opt(&FIND_LOCKED, &[&owner]).await?;
    Ok(row.as_ref().map(Subscription::read))
}

/// Subscriptions by id, in no order; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Subscription>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&LOAD, &[&ids]).await?;
    Ok(rows.iter().map(Subscription::read).collect())
}

/// A subscription by id, locked until the transaction's end.
pub async fn load_locked(tx: &mut Tx, id: &str) -> Result<Option<Subscription>> {
    let row = tx.query_opt(&LOAD_LOCKED, &[&id]).await?;
    Ok(row.as_ref().map(Subscription::read))
}

/// Stores a new one. A second one of the same payer violates a unique key.
pub async fn insert(tx: &mut Tx, subscription: &Subscription) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &subscription.id,
            &subscription.payer_id,
            &subscription.organization_id,
            &subscription.user_id,
            &subscription.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a locked subscription and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, subscription: &mut Subscription, now: Timestamp) -> Result<()> {
    subscription.updated_at = after(subscription.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &subscription.id,
            &subscription.status,
            &subscription.credits,
            &subscription.trial_used_at,
            &subscription.past_due_at,
            &subscription.latest_payment_id,
            &subscription.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// The id of a subscription where something is due, locked until the transaction's end.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Option<String>> {
    Ok(tx.query_opt(&DUE, &[&now]).await?.map(|row| row.get(0)))
}
