//! Attempts to be paid.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;
use crate::store::Page;

/// A row of `idp.billing_payments`.
#[derive(Clone, Debug)]
pub struct Payment {
    /// `cpayatt_…`.
    pub id: String,
    /// `cpayment_…`.
    pub payment_id: String,
    /// Who pays.
    pub subscription_id: String,
    /// What for.
    pub item_id: String,
    /// Where it is listed.
    pub statement_id: String,
    /// What with.
    pub payment_method_id: String,
    /// Which offer it answers, if one.
    pub checkout_id: Option<String>,
    /// `checkout` or `recurring`.
    pub charge_type: String,
    /// Before credits.
    pub subtotal: i64,
    /// What was charged.
    pub amount: i64,
    /// As ISO 4217 has it.
    pub currency: String,
    /// `pending`, `paid` or `failed`.
    pub status: String,
    /// Code of the refusal.
    pub failed_reason: Option<String>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it was refused.
    pub failed_at: Option<Timestamp>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Payment {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            payment_id: row.get("payment_id"),
            subscription_id: row.get("subscription_id"),
            item_id: row.get("item_id"),
            statement_id: row.get("statement_id"),
            payment_method_id: row.get("payment_method_id"),
            checkout_id: row.get("checkout_id"),
            charge_type: row.get("charge_type"),
            subtotal: row.get("subtotal"),
            amount: row.get("amount"),
            currency: row.get("currency"),
            status: row.get("status"),
            failed_reason: row.get("failed_reason"),
            paid_at: row.get("paid_at"),
            failed_at: row.get("failed_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

macro_rules! columns {
    () => {
        "select id, payment_id, subscription_id, item_id, statement_id, payment_method_id,
                checkout_id, charge_type, subtotal, amount, currency, status, failed_reason,
                paid_at, failed_at, created_at, updated_at
         from idp.billing_payments "
    };
}

sql! {
    /// A payer's attempts, newest first.
    LIST(TEXT, INT8, INT8) = concat!(columns!(), "
        where subscription_id = $1 order by created_at desc, id desc limit $2 offset $3");
    /// How many [`LIST`] has on all pages.
    COUNT(TEXT) = "select count(*) from idp.billing_payments where subscription_id = $1";
    /// A payer's attempt.
    FIND(TEXT, TEXT) = concat!(columns!(), "where id = $1 and subscription_id = $2");
    /// The attempts of statements, newest first.
    OF_STATEMENTS(TEXT_ARRAY, INT8, INT8) = concat!(columns!(), "
        where statement_id = any($1) order by created_at desc, id desc limit $2 offset $3");
    /// How many a statement has.
    COUNT_OF_STATEMENT(TEXT) = "
        select count(*) from idp.billing_payments where statement_id = $1";
    /// A new one.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, INT8, INT8, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.billing_payments (id, payment_id, subscription_id, item_id, statement_id,
            payment_method_id, checkout_id, charge_type, subtotal, amount, currency, status,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)";
    /// Its outcome.
    UPDATE(TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.billing_payments set status = $2, failed_reason = $3, paid_at = $4,
            failed_at = $5, updated_at = $6
        where id = $1";
}

/// A page of a payer's attempts, newest first, and how many there are.
pub async fn list(tx: &mut Tx, subscription_id: &str, page: Page) -> Result<(Vec<Payment>, i64)> {
    let rows = tx
        .query(&LIST, &[&subscription_id, &page.limit, &page.offset])
        .await?;
    let count = tx.query_one(&COUNT, &[&subscription_id]).await?.get(0);
    Ok((rows.iter().map(Payment::read).collect(), count))
}

/// The attempt of that id, if it is of that subscription.
pub async fn find(tx: &mut Tx, id: &str, subscription_id: &str) -> Result<Option<Payment>> {
    let row = tx.query_opt(&FIND, &[&id, &subscription_id]).await?;
    Ok(row.as_ref().map(Payment::read))
}

/// A page of the attempts of statements, newest first.
pub async fn of_statements(tx: &mut Tx, ids: &[String], page: Page) -> Result<Vec<Payment>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx
        .query(&OF_STATEMENTS, &[&ids, &page.limit, &page.offset])
        .await?;
    Ok(rows.iter().map(Payment::read).collect())
}

/// How many attempts a statement has.
pub async fn count_of_statement(tx: &mut Tx, id: &str) -> Result<i64> {
    Ok(tx.query_one(&COUNT_OF_STATEMENT, &[&id]).await?.get(0))
}

/// Stores a new one.
pub async fn insert(tx: &mut Tx, payment: &Payment) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &payment.id,
            &payment.payment_id,
            &payment.subscription_id,
            &payment.item_id,
            &payment.statement_id,
            &payment.payment_method_id,
            &payment.checkout_id,
            &payment.charge_type,
            &payment.subtotal,
            &payment.amount,
            &payment.currency,
            &payment.status,
            &payment.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves its outcome. A checkout that is paid twice violates `billing_payments_once`.
pub async fn save(tx: &mut Tx, payment: &Payment) -> Result<()> {
    tx.execute(
        &UPDATE,
        &[
            &payment.id,
            &payment.status,
            &payment.failed_reason,
            &payment.paid_at,
            &payment.failed_at,
            &payment.updated_at,
        ],
    )
    .await?;
    Ok(())
}
