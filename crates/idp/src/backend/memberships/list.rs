//! `GET /v1/organizations/{id}/memberships`, `GET /v1/organization_memberships`

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::{Backend, organization_id};
use crate::backend::users::filter::filter;
use crate::domain::organizations;
use crate::store::search::memberships::{MembershipFilter, MembershipKey, list as search};

/// A page of an organization's memberships that match. 404 where there is no such organization.
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let order = params.order(MembershipKey::CreatedAt, MembershipKey::parse)?;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    organizations::get(&mut tx, &id).await?;
    let Some(users) = filter(&params)? else {
        return Ok(page(Vec::new(), 0));
    };
    let filter = MembershipFilter {
        organization_id: Some(id),
        roles: params.list("role"),
        users,
    };
    let (rows, count) = search(&mut tx, &filter, order, params.page()?).await?;
    let shown = backend.memberships(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(page(shown, count))
}

/// A page of the memberships of all organizations.
pub(super) async fn all(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order(MembershipKey::CreatedAt, MembershipKey::parse)?;
    let mut tx = backend.begin().await?;
    let (rows, count) =
        search(&mut tx, &MembershipFilter::default(), order, params.page()?).await?;
    let shown = backend.memberships(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(page(shown, count))
}
