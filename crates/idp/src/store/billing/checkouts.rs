//! What was offered and may be confirmed.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::catalog::Period;
use crate::error::Result;

/// A row of `idp.billing_checkouts`.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// `cchk_…`.
    pub id: String,
    /// Whose it is.
    pub subscription_id: String,
    /// The subscription's `updated_at` that the amounts were computed on.
    pub subscription_version: Timestamp,
    /// What was chosen.
    pub plan_id: String,
    /// At which price.
    pub price_id: String,
    /// How long one payment lasts.
    pub period: Period,
    /// `needs_confirmation` or `completed`.
    pub status: String,
    /// What was shown: everything of the resource that depends on the moment.
    pub totals: Value,
    /// What is charged on confirmation.
    pub due_now: i64,
    /// What of the payer's credits is used up.
    pub credit: i64,
    /// The item that a confirmation made.
    pub item_id: Option<String>,
    /// What was chosen to pay with.
    pub payment_method_id: Option<String>,
    /// From then on it cannot be confirmed.
    pub expires_at: Timestamp,
    /// When it came to be.
    pub created_at: Timestamp,
}

impl Checkout {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            subscription_id: row.get("subscription_id"),
            subscription_version: row.get("subscription_version"),
            plan_id: row.get("plan_id"),
            price_id: row.get("price_id"),
            period: Period::parse(row.get("plan_period")).unwrap_or(Period::Month),
            status: row.get("status"),
            totals: row.get("totals"),
            due_now: row.get("due_now"),
            credit: row.get("credit"),
            item_id: row.get("item_id"),
            payment_method_id: row.get("payment_method_id"),
            expires_at: row.get("expires_at"),
            created_at: row.get("created_at"),
        }
    }
}

sql! {
    /// A payer's checkout.
    FIND(TEXT, TEXT) = "
        select id, subscription_id, subscription_version, plan_id, price_id, plan_period, status,
               totals, due_now, credit, item_id, payment_method_id, expires_at, created_at
        from idp.billing_checkouts where id = $1 and subscription_id = $2";
    /// A new one.
    INSERT(TEXT, TEXT, TIMESTAMPTZ, TEXT, TEXT, TEXT, JSONB, INT8, INT8, TEXT, TIMESTAMPTZ,
           TIMESTAMPTZ) = "
        insert into idp.billing_checkouts (id, subscription_id, subscription_version, plan_id,
            price_id, plan_period, status, totals, due_now, credit, payment_method_id, expires_at,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, 'needs_confirmation', $7, $8, $9, $10, $11, $12, $12)";
    /// What a confirmation changes, whether it succeeds or not.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.billing_checkouts set status = $2, item_id = $3, payment_method_id = $4,
            subscription_version = $5, updated_at = $6
        where id = $1";
    /// All but the newest of a payer's that nobody has tried to confirm.
    TRIM(TEXT, INT8) = "
        delete from idp.billing_checkouts where id in (
            select id from idp.billing_checkouts
            where subscription_id = $1 and status = 'needs_confirmation' and item_id is null
            order by created_at desc, id desc offset $2)";
    /// One that is over without having been paid, though it was tried.
    ABANDONED(TIMESTAMPTZ) = "
        select c.subscription_id, c.item_id from idp.billing_checkouts c
        join idp.billing_items i on i.id = c.item_id and i.status = 'incomplete'
        where c.expires_at <= $1 order by c.expires_at limit 1 for update of c skip locked";
}

/// The checkout of that id, if it is of that subscription.
pub async fn find(tx: &mut Tx, id: &str, subscription_id: &str) -> Result<Option<Checkout>> {
    let row = tx.query_opt(&FIND, &[&id, &subscription_id]).await?;
    Ok(row.as_ref().map(Checkout::read))
}

/// Stores a new one and removes all but the newest `keep` that nobody has tried to confirm.
pub async fn insert(tx: &mut Tx, checkout: &Checkout, keep: i64) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &checkout.id,
            &checkout.subscription_id,
            &checkout.subscription_version,
            &checkout.plan_id,
            &checkout.price_id,
            &checkout.period.as_str(),
            &checkout.totals,
            &checkout.due_now,
            &checkout.credit,
            &checkout.payment_method_id,
            &checkout.expires_at,
            &checkout.created_at,
        ],
    )
    .await?;
    tx.execute(&TRIM, &[&checkout.subscription_id, &keep])
        .await?;
    Ok(())
}

/// Saves what a confirmation changed.
pub async fn save(tx: &mut Tx, checkout: &Checkout, now: Timestamp) -> Result<()> {
    tx.execute(
        &UPDATE,
        &[
            &checkout.id,
            &checkout.status,
            &checkout.item_id,
            &checkout.payment_method_id,
            &checkout.subscription_version,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Subscription and item of a checkout that is over without having been paid.
pub async fn abandoned(tx: &mut Tx, now: Timestamp) -> Result<Option<(String, String)>> {
    let row = tx.query_opt(&ABANDONED, &[&now]).await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}
