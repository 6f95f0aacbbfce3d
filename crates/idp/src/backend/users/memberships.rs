//! `GET /v1/users/{id}/organization_memberships`

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::{Backend, person};
use crate::domain::memberships::resource;
use crate::store::memberships::{count_by_user, list_by_user};

/// A page of a user's memberships, the oldest first. 404 where there is no such user.
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let mut tx = backend.begin().await?;
    let person = person(&mut tx, &id).await?;
    let rows = list_by_user(&mut tx, &id, params.page()?).await?;
    let count = count_by_user(&mut tx, &id).await?;
    tx.commit().await?;
    let shown = rows.iter().map(|row| resource(&backend.idp, row, &person));
    Ok(page(shown.collect(), count))
}
