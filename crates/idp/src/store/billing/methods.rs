//! What is paid with.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;
use crate::store::Page;

/// A row of `idp.billing_payment_methods`.
#[derive(Clone, Debug)]
pub struct Method {
    /// `cpm_…`.
    pub id: String,
    /// Whose it is.
    pub subscription_id: String,
    /// `card`; `invoice` and `credits` stand for payments without one.
    pub kind: String,
    /// What a test card does.
    pub token: String,
    /// `visa` and such.
    pub card_type: Option<String>,
    /// The last four digits.
    pub last4: Option<String>,
    /// Printed on the card.
    pub expiry_year: Option<i64>,
    /// Printed on the card.
    pub expiry_month: Option<i64>,
    /// Whether it is charged where nothing else was chosen.
    pub is_default: bool,
    /// Since when it cannot be charged any more.
    pub removed_at: Option<Timestamp>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Method {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            subscription_id: row.get("subscription_id"),
            kind: row.get("kind"),
            token: row.get("token"),
            card_type: row.get("card_type"),
            last4: row.get("last4"),
            expiry_year: row.get("expiry_year"),
            expiry_month: row.get("expiry_month"),
            is_default: row.get("is_default"),
            removed_at: row.get("removed_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

macro_rules! columns {
    () => {
        "select id, subscription_id, kind, token, card_type, last4, expiry_year, expiry_month,
                is_default, removed_at, created_at, updated_at
         from idp.billing_payment_methods "
    };
}

sql! {
    /// A payer's cards, the default one first.
    LIST(TEXT, INT8, INT8) = concat!(columns!(), "
        where subscription_id = $1 and kind = 'card' and removed_at is null
        order by is_default desc, created_at, id limit $2 offset $3");
    /// How many [`LIST`] has on all pages.
    COUNT(TEXT) = "
        select count(*) from idp.billing_payment_methods
        where subscription_id = $1 and kind = 'card' and removed_at is null";
    /// Methods by id, removed ones too.
    LOAD(TEXT_ARRAY) = concat!(columns!(), "where id = any($1)");
    /// What stands for payments of a kind without a card.
    KIND(TEXT, TEXT) = concat!(columns!(), "where subscription_id = $1 and kind = $2");
    /// A new one.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, INT8, INT8, BOOL, TIMESTAMPTZ) = "
        insert into idp.billing_payment_methods (id, subscription_id, kind, token, card_type,
            last4, expiry_year, expiry_month, is_default, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    /// None is the default.
    NO_DEFAULT(TEXT, TIMESTAMPTZ) = "
        update idp.billing_payment_methods set is_default = false, updated_at = $2
        where subscription_id = $1 and is_default";
    /// One is.
    DEFAULT(TEXT, TIMESTAMPTZ) = "
        update idp.billing_payment_methods set is_default = true, updated_at = $2
        where id = $1 and removed_at is null";
    /// Gone, but for the payments that were made with it.
    REMOVE(TEXT, TIMESTAMPTZ) = "
        update idp.billing_payment_methods
        set is_default = false, removed_at = $2, updated_at = $2 where id = $1";
}

/// A page of a payer's cards, the default one first, and how many there are.
pub async fn list(tx: &mut Tx, subscription_id: &str, page: Page) -> Result<(Vec<Method>, i64)> {
    let rows = tx
        .query(&LIST, &[&subscription_id, &page.limit, &page.offset])
        .await?;
    let count = tx.query_one(&COUNT, &[&subscription_id]).await?.get(0);
    Ok((rows.iter().map(Method::read).collect(), count))
}

/// Methods by id, removed ones too, in no order; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Method>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&LOAD, &[&ids]).await?;
    Ok(rows.iter().map(Method::read).collect())
}

/// What stands for payments of a kind without a card.
pub async fn of_kind(tx: &mut Tx, subscription_id: &str, kind: &str) -> Result<Option<Method>> {
    let row = tx.query_opt(&KIND, &[&subscription_id, &kind]).await?;
    Ok(row.as_ref().map(Method::read))
}

/// Stores a new one. A second default one violates `billing_payment_methods_one_default`.
pub async fn insert(tx: &mut Tx, method: &Method) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &method.id,
            &method.subscription_id,
            &method.kind,
            &method.token,
            &method.card_type,
            &method.last4,
            &method.expiry_year,
            &method.expiry_month,
            &method.is_default,
            &method.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Makes a card the default one.
pub async fn set_default(tx: &mut Tx, method: &Method, now: Timestamp) -> Result<()> {
    tx.execute(&NO_DEFAULT, &[&method.subscription_id, &now])
        .await?;
    tx.execute(&DEFAULT, &[&method.id, &now]).await?;
    Ok(())
}

/// Removes a card from all lists.
pub async fn remove(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&REMOVE, &[&id, &now]).await?;
    Ok(())
}
