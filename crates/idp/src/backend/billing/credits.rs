//! `GET` and `POST /v1/organizations/{id}/billing/credits`, and the same of users.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use bailiwick_pg::Tx;

use super::{organization, user};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::billing::credits::{Adjustment, adjust};
use crate::domain::billing::{Owner, account};
use crate::error::{Refusal, Result};
use crate::model::billing::Api;
use crate::model::billing::payment::{credit_balance, credit_entry};

/// The longest idempotency key and note.
const MAX_TEXT: usize = 255;

/// An organization's balance. 404 where there is no such organization.
pub(in crate::backend) async fn of_organization(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let owner = organization(&mut tx, &id).await?;
    show(&backend, tx, &owner).await
}

/// A user's balance. 404 where there is no such user.
pub(in crate::backend) async fn of_user(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let owner = user(&mut tx, &id).await?;
    show(&backend, tx, &owner).await
}

/// Gives an organization something, or takes it; the same key does so once. 404 where there is no
/// such organization, 409 for another order under the same key, 422 for more than there is.
pub(in crate::backend) async fn adjust_of_organization(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let order = read(form)?;
    let mut tx = backend.begin().await?;
    let owner = organization(&mut tx, &id).await?;
    change(&backend, tx, &owner, order).await
}

/// Gives a user something, or takes it; the same key does so once. 404 where there is no such
/// user, 409 for another order under the same key, 422 for more than there is.
pub(in crate::backend) async fn adjust_of_user(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let order = read(form)?;
    let mut tx = backend.begin().await?;
    let owner = user(&mut tx, &id).await?;
    change(&backend, tx, &owner, order).await
}

fn read(mut form: Form) -> Result<Adjustment> {
    let amount = form.count("amount").flatten();
    let action = form.required("action");
    let idempotency_key = form.required("idempotency_key");
    let currency = form.text("currency").flatten();
    let note = form.name("note").flatten();
    if amount.is_none_or(|amount| amount == 0) {
        form.refuse(Refusal::format("amount", "The amount must be positive."));
    }
    let sign = match action.as_str() {
        "decrease" => -1,
        "increase" | "" => 1,
        _ => {
            let text = "The action must be increase or decrease.";
            form.refuse(Refusal::format("action", text));
            1
        }
    };
    if idempotency_key.len() > MAX_TEXT {
        let text = format!("The key has more than {MAX_TEXT} bytes.");
        form.refuse(Refusal::format("idempotency_key", &text));
    }
    form.finish()?;
    Ok(Adjustment {
        amount: amount.unwrap_or(0).saturating_mul(sign),
        currency,
        idempotency_key,
        note,
    })
}

async fn show(backend: &Backend, mut tx: Tx, owner: &Owner) -> Answer {
    let account = account::read(&backend.idp, &mut tx, owner).await?;
    tx.commit().await?;
    let currency = &backend.idp.settings().billing.currency;
    Ok(Json(credit_balance(account.subscription.credits, currency)))
}

async fn change(backend: &Backend, mut tx: Tx, owner: &Owner, order: Adjustment) -> Answer {
    let idp = &backend.idp;
    let mut account = account::lock(idp, &mut tx, owner).await?;
    let entry = adjust(idp, &mut tx, &mut account, order).await?;
    tx.commit().await?;
    let payer_id = &account.subscription.payer_id;
    Ok(Json(credit_entry(&entry, payer_id, Api::Backend)))
}
