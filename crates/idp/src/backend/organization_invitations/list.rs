//! `GET /v1/organizations/{id}/invitations`, `GET /v1/organizations/{id}/invitations/pending`,
//! `GET /v1/organization_invitations`, `GET /v1/users/{id}/organization_invitations`

use std::sync::Arc;

use axum::extract::{Path, State};

use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::{Backend, organization_id, person};
use crate::domain::organization_invitations as acts;
use crate::domain::organizations;
use crate::error::Result;
use crate::model::organization::public_organization_data;
use crate::store;
use crate::store::organization_invitations::{InvitationFilter, InvitationKey, list as search};

/// A page of an organization's invitations that match. 404 where there is no such organization.
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let statuses = params.list("status");
    of_organization(&backend, &id, &params, statuses).await
}

/// A page of an organization's open invitations. 404 where there is no such organization.
pub(super) async fn pending(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    of_organization(&backend, &id, &params, vec!["pending".to_owned()]).await
}

async fn of_organization(
    backend: &Backend,
    id: &str,
    params: &Params,
    statuses: Vec<String>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, id).await?;
    organizations::get(&mut tx, &id).await?;
    tx.commit().await?;
    let filter = InvitationFilter {
        statuses,
        organization_id: Some(id),
        email_addresses: params.list("email_address"),
        ..InvitationFilter::default()
    };
    show(backend, params, filter, false).await
}

/// A page of the invitations of all organizations that match.
pub(super) async fn all(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let filter = InvitationFilter {
        statuses: params.list("status"),
        query: params.text("query").unwrap_or_default(),
        ..InvitationFilter::default()
    };
    show(&backend, &params, filter, true).await
}

/// A page of the invitations for a user's verified addresses. 404 where there is no such user.
pub(super) async fn of_user(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let mut tx = backend.begin().await?;
    let person = person(&mut tx, &id).await?;
    tx.commit().await?;
    let verified = person
        .emails
        .iter()
        .filter(|email| email.verified_at.is_some());
    let email_addresses: Vec<String> = verified.map(|email| email.address.clone()).collect();
    if email_addresses.is_empty() {
        return Ok(page(Vec::new(), 0));
    }
    let filter = InvitationFilter {
        statuses: params.list("status"),
        email_addresses,
        ..InvitationFilter::default()
    };
    show(&backend, &params, filter, true).await
}

async fn show(
    backend: &Backend,
    params: &Params,
    filter: InvitationFilter,
    with_organization: bool,
) -> Answer {
    let idp = &backend.idp;
    let order = params.order(InvitationKey::CreatedAt, InvitationKey::parse)?;
    let now = store::now(idp.env());
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &filter, order, params.page()?, now).await?;
    let inviters = acts::inviters(&mut tx, &rows).await?;
    tx.commit().await?;
    let shown = rows.iter().map(|row| {
        let mut value = acts::resource(idp, row, &inviters)?;
        if with_organization {
            value["public_organization_data"] =
                public_organization_data(idp.config(), &row.organization);
        }
        Ok(value)
    });
    Ok(page(shown.collect::<Result<Vec<_>>>()?, count))
}
