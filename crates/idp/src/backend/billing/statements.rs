//! `GET /v1/billing/statements`, `…/{id}`, `…/{id}/payment_attempts`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::billing::book;
use crate::error::Refusal;
use crate::model::billing::Api;
use crate::store::billing::{payments as rows, statements};

fn unknown() -> Refusal {
    Refusal::not_found("Statement")
}

/// A page of the statements of all payers, newest first.
pub(in crate::backend) async fn list(
    State(backend): State<Arc<Backend>>,
    params: Params,
) -> Answer {
    let mut tx = backend.begin().await?;
    let (list, total) = statements::list(&mut tx, "", params.page()?).await?;
    let data = book::statements(&backend.idp, &mut tx, &list, Api::Backend).await?;
    tx.commit().await?;
    Ok(page(data, total))
}

/// A statement. 404 where there is none.
pub(in crate::backend) async fn get(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let row = statements::find(&mut tx, &id, "")
        .await?
        .ok_or_else(unknown)?;
    let data = book::statements(&backend.idp, &mut tx, &[row], Api::Backend).await?;
    tx.commit().await?;
    Ok(Json(data.into_iter().next().ok_or_else(unknown)?))
}

/// A page of the payments of a statement, newest first. 404 where there is no such statement.
pub(in crate::backend) async fn payments(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let mut tx = backend.begin().await?;
    statements::find(&mut tx, &id, "")
        .await?
        .ok_or_else(unknown)?;
    let total = rows::count_of_statement(&mut tx, &id).await?;
    let list = rows::of_statements(&mut tx, &[id], params.page()?).await?;
    let data = book::payments(&backend.idp, &mut tx, &list, Api::Backend).await?;
    tx.commit().await?;
    Ok(page(data, total))
}
