//! What payers have in hand.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::Account;
use crate::error::{Refusal, Result};
use crate::ids;
use crate::instance::Idp;
use crate::store;
use crate::store::billing::credits::{self, Entry};
use crate::store::billing::subscriptions;

/// The most that a payer can have.
const MAX: i64 = 1_000_000_000_000;
/// The source of what an operator gives or takes.
const ADJUSTMENT: &str = "adjustment";

/// A change that an operator orders.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Negative to take something away.
    pub amount: i64,
    /// As ISO 4217 has it; the instance's where none is given.
    pub currency: Option<String>,
    /// The same key twice is the same order.
    pub idempotency_key: String,
    /// For people.
    pub note: Option<String>,
}

/// Changes the balance of a locked account. The same order twice changes it once; another one
/// under the same key is refused with 409. 422 for more than there is, or can be.
pub async fn adjust(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    order: Adjustment,
) -> Result<Entry> {
    let currency = idp.settings().billing.currency.clone();
    if order
        .currency
        .as_ref()
        .is_some_and(|own| !own.eq_ignore_ascii_case(&currency))
    {
        let text = format!("The currency of this instance is {currency}.");
        return Err(Refusal::format("currency", &text).into());
    }
    let subscription = &mut account.subscription;
    let (id, key) = (subscription.id.clone(), &order.idempotency_key);
    if let Some(entry) = credits::find(tx, &id, ADJUSTMENT, key).await? {
        if entry.amount == order.amount {
            return Ok(entry);
        }
        let text = "The idempotency key was used for another adjustment.";
        let code = "idempotency_key_reused";
        return Err(Refusal::new(StatusCode::CONFLICT, code, text).into());
    }
    let balance = subscription.credits.saturating_add(order.amount);
    if !(0..=MAX).contains(&balance) {
        let text = "The balance would be negative, or too large.";
        return Err(Refusal::format("amount", text).into());
    }
    let now = store::now(idp.env());
    let entry = Entry {
        id: ids::new(idp.env(), ids::Kind::Credit),
        subscription_id: id,
        amount: order.amount,
        currency,
        source_type: ADJUSTMENT.to_owned(),
        source_id: order.idempotency_key,
        note: order.note,
        created_at: now,
    };
    credits::insert(tx, &entry).await?;
    subscription.credits = balance;
    subscriptions::save(tx, subscription, now).await?;
    Ok(entry)
}
