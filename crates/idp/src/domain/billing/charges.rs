//! Being paid.

use bailiwick_pg::Tx;

use super::{Account, gateway, methods, periods, say};
use crate::error::Result;
use crate::ids;
use crate::instance::Idp;
use crate::settings::billing::Collection;
use crate::store;
use crate::store::billing::credits::{self, Entry};
use crate::store::billing::items::Item;
use crate::store::billing::methods::Method;
use crate::store::billing::payments::{self, Payment};
use crate::store::billing::statements::{self, Statement};

/// What is to be paid.
pub struct Charge<'a> {
    /// Beside what the credits cover.
    pub amount: i64,
    /// What the payer's credits cover.
    pub credit: i64,
    /// What with; the payer's usual method where none is named.
    pub method: Option<&'a Method>,
    /// `checkout` or `recurring`.
    pub charge_type: &'a str,
    /// The offer that it answers.
    pub checkout_id: Option<&'a str>,
}

/// Why a charge was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined(pub &'static str);

/// Charges a locked account for an item, and says so. Changes account and item; whoever asks saves
/// them.
pub async fn charge(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: &mut Item,
    charge: &Charge<'_>,
) -> Result<Result<(), Declined>> {
    let Some(method) = method(idp, tx, account, item, charge).await? else {
        return Ok(Err(Declined("payment_method_missing")));
    };
    let now = store::now(idp.env());
    let statement = Statement {
        id: ids::new(idp.env(), ids::Kind::Statement),
        subscription_id: account.subscription.id.clone(),
        month_start: periods::month_start(now),
        created_at: now,
    };
    let mut payment = Payment {
        id: ids::new(idp.env(), ids::Kind::PaymentAttempt),
        payment_id: ids::new(idp.env(), ids::Kind::Payment),
        subscription_id: account.subscription.id.clone(),
        item_id: item.id.clone(),
        statement_id: statements::ensure(tx, &statement).await?,
        payment_method_id: method.id.clone(),
        checkout_id: charge.checkout_id.map(str::to_owned),
        charge_type: charge.charge_type.to_owned(),
        subtotal: charge.amount + charge.credit,
        amount: charge.amount,
        currency: account.catalog.price(&item.price_id)?.currency.clone(),
        status: "pending".to_owned(),
        failed_reason: None,
        paid_at: None,
        failed_at: None,
        created_at: now,
        updated_at: now,
    };
    payments::insert(tx, &payment).await?;
    let paid = (&*item, &payment, &method);
    say::payment(idp, tx, account, paid, "paymentAttempt.created").await?;
    let outcome = gateway::charge(&method).map_err(Declined);
    match &outcome {
        Ok(()) => {
            "paid".clone_into(&mut payment.status);
            payment.paid_at = Some(now);
            item.lifetime_paid += payment.amount;
            use_credits(idp, tx, account, &payment, charge.credit).await?;
        }
        Err(Declined(reason)) => {
            "failed".clone_into(&mut payment.status);
            payment.failed_reason = Some((*reason).to_owned());
            payment.failed_at = Some(now);
        }
    }
    payment.updated_at = store::after(payment.updated_at, now);
    payments::save(tx, &payment).await?;
    account.subscription.latest_payment_id = Some(payment.payment_id.clone());
    let paid = (&*item, &payment, &method);
    say::payment(idp, tx, account, paid, "paymentAttempt.updated").await?;
    Ok(outcome)
}

/// What is charged: what was named, or the item's own card, or the usual one, or an invoice.
async fn method(
    idp: &Idp,
    tx: &mut Tx,
    account: &Account,
    item: &Item,
    charge: &Charge<'_>,
) -> Result<Option<Method>> {
    let subscription_id = &account.subscription.id;
    if charge.amount == 0 {
        return methods::stand_in(idp, tx, subscription_id, "credits")
            .await
            .map(Some);
    }
    if let Some(method) = charge.method {
        return Ok(Some(method.clone()));
    }
    let own = item.payment_method_id.as_slice();
    let own = store::billing::methods::load(tx, own).await?.pop();
    if let Some(method) = own.filter(|own| own.kind == "card" && own.removed_at.is_none()) {
        return Ok(Some(method));
    }
    if let Some(method) = methods::usual(tx, subscription_id).await? {
        return Ok(Some(method));
    }
    if idp.settings().billing.collection == Collection::Invoice {
        return methods::stand_in(idp, tx, subscription_id, "invoice")
            .await
            .map(Some);
    }
    Ok(None)
}

async fn use_credits(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    payment: &Payment,
    credit: i64,
) -> Result<()> {
    if credit == 0 {
        return Ok(());
    }
    account.subscription.credits -= credit;
    let entry = Entry {
        id: ids::new(idp.env(), ids::Kind::Credit),
        subscription_id: account.subscription.id.clone(),
        amount: -credit,
        currency: payment.currency.clone(),
        source_type: "payment".to_owned(),
        source_id: payment.id.clone(),
        note: None,
        created_at: payment.created_at,
    };
    credits::insert(tx, &entry).await
}
