//! `GET …/billing/subscription`

use axum::extract::{Path, State};
use axum::response::Response;

use super::{Ids, READ};
use crate::domain::billing::account;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model::billing::Api;
use crate::model::billing::subscription::subscription;

/// The subscription with its items that are not over. Permission `org:sys_billing:read`; 404 where
/// the payers of this kind are not billed.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(ids): Path<Ids>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let owner = ids.owner(&mut visit, READ).await?;
    let idp = visit.idp.clone();
    let account = account::read(&idp, &mut visit.tx, &owner).await?;
    let instance_id = idp.keys().instance_id();
    let value = subscription(idp.config(), instance_id, &account, Api::Frontend)?;
    visit.answer(value).await
}
