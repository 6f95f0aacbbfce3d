//! Saying what happened.

use bailiwick_pg::Tx;

use super::Account;
use crate::error::Result;
use crate::instance::Idp;
use crate::model::billing::events;
use crate::store::billing::items::Item;
use crate::store::billing::methods::Method;
use crate::store::billing::payments::Payment;
use crate::webhooks;

/// Says something of a subscription.
pub async fn subscription(idp: &Idp, tx: &mut Tx, account: &Account, event: &str) -> Result<()> {
    let data = events::subscription(idp.config(), account)?;
    Ok(webhooks::emit(tx, idp.env(), event, &data).await?)
}

/// Says something of an item.
pub async fn item(
    idp: &Idp,
    tx: &mut Tx,
    account: &Account,
    item: &Item,
    event: &str,
) -> Result<()> {
    let mut data = events::item(idp.config(), account, item)?;
    if event == "subscriptionItem.canceled" {
        data["status"] = "canceled".into();
    }
    Ok(webhooks::emit(tx, idp.env(), event, &data).await?)
}

/// Says something of a payment.
pub async fn payment(
    idp: &Idp,
    tx: &mut Tx,
    account: &Account,
    paid: (&Item, &Payment, &Method),
    event: &str,
) -> Result<()> {
    let instance_id = idp.keys().instance_id();
    let data = events::payment(idp.config(), instance_id, account, paid)?;
    Ok(webhooks::emit(tx, idp.env(), event, &data).await?)
}
