//! `GET /v1/billing/subscription_items`, `DELETE /v1/billing/subscription_items/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::billing::book::Book;
use crate::domain::billing::{account, cancel as acts};
use crate::error::{Refusal, Result};
use crate::model::billing::subscription::around;
use crate::model::billing::{Api, item};
use crate::store::billing::items::{self, ItemFilter};

/// Reads `payer_type`; empty where it is not given.
pub(super) fn payer_type(params: &Params) -> Result<String, Refusal> {
    match params.text("payer_type") {
        None => Ok(String::new()),
        Some(text) if matches!(text.as_str(), "user" | "org") => Ok(text),
        Some(_) => {
            let text = "The payer type must be user or org.";
            Err(Refusal::format("payer_type", text))
        }
    }
}

/// A page of the items of all payers that match, newest first.
pub(in crate::backend) async fn list(
    State(backend): State<Arc<Backend>>,
    params: Params,
) -> Answer {
    let status = params.text("status").unwrap_or_default();
    let known = ["", "active", "ended", "past_due", "upcoming", "free_trial"];
    if !known.contains(&status.as_str()) {
        return Err(Refusal::format("status", "There is no such status.").into());
    }
    let filter = ItemFilter {
        status,
        payer_type: payer_type(&params)?,
        plan_id: params.text("plan_id").unwrap_or_default(),
        include_free: params.boolean("include_free")?.unwrap_or(false),
        query: params.text("query").unwrap_or_default(),
    };
    let mut tx = backend.begin().await?;
    let (rows, total) = items::list(&mut tx, &filter, params.page()?).await?;
    let book = Book::of_items(&mut tx, &rows).await?;
    tx.commit().await?;
    let show = |row| book.item(&backend.idp, row, Api::Backend);
    let data: Result<Vec<Value>> = rows.iter().map(show).collect();
    Ok(page(data?, total))
}

/// Cancels an item: at the end of its period, or with `end_now` at once. 404 where there is none,
/// 400 for the default plan and what is over. Emits what a payer's own cancellation does.
pub(in crate::backend) async fn cancel(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let now = params.boolean("end_now")?.unwrap_or(false);
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let (mut account, row) = account::lock_item(&mut tx, &id).await?;
    let row = acts::cancel(idp, &mut tx, &mut account, row, now).await?;
    tx.commit().await?;
    let around = around(idp.config(), idp.keys().instance_id(), &account);
    Ok(Json(item::item(&around, &row, Api::Backend)?))
}
