//! What payers pay with.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::tz::TimeZone;

use super::{Account, gateway};
use crate::error::{Refusal, Result};
use crate::ids;
use crate::instance::Idp;
use crate::store::billing::items;
use crate::store::billing::methods::{self, Method};
use crate::store::{self, Page};

/// The most cards that a payer keeps.
const MAX: i64 = 20;
/// Years until a test card expires.
const YEARS: i64 = 5;

const FIRST: Page = Page {
    limit: 1,
    offset: 0,
};

/// Stores a test card; the first one is the default. 422 for a token that names none, and where
/// there are too many cards.
pub async fn add(idp: &Idp, tx: &mut Tx, subscription_id: &str, token: &str) -> Result<Method> {
    let Some(card) = gateway::card(token) else {
        let text = "The payment token names no test card of this provider.";
        return Err(Refusal::format("payment_token", text).into());
    };
    let (_, count) = methods::list(tx, subscription_id, FIRST).await?;
    if count >= MAX {
        let text = format!("There can be {MAX} payment methods at most.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "payment_method_quota_exceeded", text).into());
    }
    let now = store::now(idp.env());
    let method = Method {
        id: ids::new(idp.env(), ids::Kind::PaymentMethod),
        subscription_id: subscription_id.to_owned(),
        kind: "card".to_owned(),
        token: token.to_owned(),
        card_type: Some(card.brand.to_owned()),
        last4: Some(card.last4.to_owned()),
        expiry_year: Some(i64::from(now.to_zoned(TimeZone::UTC).year()) + YEARS),
        expiry_month: Some(12),
        is_default: count == 0,
        removed_at: None,
        created_at: now,
        updated_at: now,
    };
    methods::insert(tx, &method).await?;
    Ok(method)
}

/// A payer's card; 404 for any other id, whoever's it is.
pub async fn get(tx: &mut Tx, account: &Account, id: &str) -> Result<Method> {
    let found = methods::load(tx, &[id.to_owned()]).await?.pop();
    let own = found.filter(|method| {
        method.subscription_id == account.subscription.id
            && method.kind == "card"
            && method.removed_at.is_none()
    });
    Ok(own.ok_or_else(|| Refusal::not_found("Payment method"))?)
}

/// The card that is charged where nothing else was chosen.
pub(super) async fn usual(tx: &mut Tx, subscription_id: &str) -> Result<Option<Method>> {
    Ok(methods::list(tx, subscription_id, FIRST).await?.0.pop())
}

/// Whether a card can be removed: not the last one of who pays.
pub async fn is_removable(tx: &mut Tx, account: &Account) -> Result<bool> {
    let (_, count) = methods::list(tx, &account.subscription.id, FIRST).await?;
    if count > 1 {
        return Ok(true);
    }
    for item in &account.items {
        if item.canceled_at.is_none() && account.amount(item)? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes a card of a locked account; the oldest of the others becomes the default. 400 for the
/// last one of who pays.
pub async fn remove(idp: &Idp, tx: &mut Tx, account: &Account, id: &str) -> Result<Method> {
    let mut method = get(tx, account, id).await?;
    if !is_removable(tx, account).await? {
        let text = "The last payment method of a paid subscription cannot be removed.";
        let code = "payment_method_in_use";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    }
    let now = store::now(idp.env());
    methods::remove(tx, id, now).await?;
    if method.is_default
        && let Some(next) = usual(tx, &account.subscription.id).await?
    {
        methods::set_default(tx, &next, now).await?;
    }
    (method.is_default, method.removed_at) = (false, Some(now));
    Ok(method)
}

/// Makes a card of a locked account the one that is charged. What is owed is tried again at once.
pub async fn make_default(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    id: &str,
) -> Result<Method> {
    let mut method = get(tx, account, id).await?;
    let now = store::now(idp.env());
    methods::set_default(tx, &method, now).await?;
    method.is_default = true;
    for mut item in account.items.clone() {
        // Choosing a default means: from now on, for everything.
        item.payment_method_id = None;
        if item.status == "past_due" {
            item.due_at = Some(now);
        }
        items::save(tx, &mut item, now).await?;
        account.put(&item);
    }
    Ok(method)
}

/// What stands for payments without a card, `invoice` or `credits`.
pub(super) async fn stand_in(
    idp: &Idp,
    tx: &mut Tx,
    subscription_id: &str,
    kind: &str,
) -> Result<Method> {
    if let Some(method) = methods::of_kind(tx, subscription_id, kind).await? {
        return Ok(method);
    }
    let now = store::now(idp.env());
    let method = Method {
        id: ids::new(idp.env(), ids::Kind::PaymentMethod),
        subscription_id: subscription_id.to_owned(),
        kind: kind.to_owned(),
        token: kind.to_owned(),
        card_type: None,
        last4: None,
        expiry_year: None,
        expiry_month: None,
        is_default: false,
        removed_at: None,
        created_at: now,
        updated_at: now,
    };
    methods::insert(tx, &method).await?;
    Ok(method)
}
