//! `GET /v1/organizations/{id}/billing/subscription`, `GET /v1/users/{id}/billing/subscription`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use bailiwick_pg::Tx;

use super::{organization, user};
use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::billing::{Owner, account};
use crate::model::billing::Api;
use crate::model::billing::subscription::subscription;

/// An organization's subscription. 404 where there is no such organization, and where
/// organizations are not billed.
pub(in crate::backend) async fn of_organization(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let owner = organization(&mut tx, &id).await?;
    show(&backend, tx, &owner).await
}

/// A user's subscription. 404 where there is no such user, and where users are not billed.
pub(in crate::backend) async fn of_user(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let owner = user(&mut tx, &id).await?;
    show(&backend, tx, &owner).await
}

async fn show(backend: &Backend, mut tx: Tx, owner: &Owner) -> Answer {
    let idp = &backend.idp;
    let account = account::read(idp, &mut tx, owner).await?;
    tx.commit().await?;
    let instance_id = idp.keys().instance_id();
    let value = subscription(idp.config(), instance_id, &account, Api::Backend)?;
    Ok(Json(value))
}
