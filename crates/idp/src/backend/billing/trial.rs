//! `POST /v1/billing/subscription_items/{id}/extend_free_trial`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::billing::{account, trials};
use crate::error::Refusal;
use crate::model::billing::older;
use crate::model::billing::subscription::around;

/// Lets a free trial end later; can be repeated. Emits `subscriptionItem.updated` and
/// `subscription.updated`. 404 where there is no such item, 400 for one on no trial, 422 for an end
/// in the past or more than a year away.
pub(in crate::backend) async fn extend(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let to = form.time("extend_to").flatten();
    form.finish()?;
    let to = to.ok_or_else(|| Refusal::missing("extend_to"))?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let (mut account, item) = account::lock_item(&mut tx, &id).await?;
    let item = trials::extend(idp, &mut tx, &mut account, item, to).await?;
    tx.commit().await?;
    let around = around(idp.config(), idp.keys().instance_id(), &account);
    Ok(Json(older::item(&around, &item)?))
}
