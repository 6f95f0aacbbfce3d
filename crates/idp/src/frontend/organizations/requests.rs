//! Requests to join an organization, for members who manage its members.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};

use super::permitted;
use crate::domain::{enrolment, people};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::organization_suggestion::{request, request_status, suggestion_id};
use crate::store::{Page, organization_suggestions as rows};

/// May decide.
const MANAGE: &str = "org:sys_memberships:manage";

/// The routes under `/organizations/{id}/membership_requests`.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/organizations/{id}/membership_requests", get(list))
        .route(
            "/organizations/{id}/membership_requests/{request_id}/accept",
            post(accept),
        )
        .route(
            "/organizations/{id}/membership_requests/{request_id}/reject",
            post(reject),
        )
}

/// `GET /v1/organizations/{id}/membership_requests`, of one or some statuses; open ones where none
/// is given. Permission `org:sys_memberships:manage`; 404 where the user is no member.
async fn list(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut statuses: Vec<String> = meta
        .query
        .all("status")
        .iter()
        .map(|word| request_status(word).to_owned())
        .collect();
    if statuses.is_empty() {
        statuses.push("requested".to_owned());
    }
    let mut visit = Visit::read(&frontend, meta).await?;
    permitted(&mut visit, &id, MANAGE).await?;
    let (found, total) = rows::list(&mut visit.tx, None, Some(&id), &statuses, page).await?;
    let users: Vec<String> = found.iter().map(|row| row.user_id.clone()).collect();
    let people = people::load(&mut visit.tx, &users).await?;
    let config = visit.idp.config();
    let shown = found.iter().filter_map(|row| {
        let person = people.get(&row.user_id)?;
        Some(request(config, row, person))
    });
    let value = model::page(shown.collect(), total);
    visit.answer(value).await
}

/// `POST …/membership_requests/{request_id}/accept`: the user becomes a member. Permission
/// `org:sys_memberships:manage`; 404 where the user is no member, and for another organization's
/// request; 403 where the organization is full.
async fn accept(
    State(frontend): State<Frontend>,
    Path((id, request_id)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    decide(&frontend, &id, &request_id, meta, true).await
}

/// `POST …/membership_requests/{request_id}/reject`, for good. As [`accept`].
async fn reject(
    State(frontend): State<Frontend>,
    Path((id, request_id)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    decide(&frontend, &id, &request_id, meta, false).await
}

async fn decide(
    frontend: &Frontend,
    id: &str,
    request_id: &str,
    meta: Meta,
    is_granted: bool,
) -> Result<Response> {
    let mut visit = Visit::write(frontend, meta).await?;
    permitted(&mut visit, id, MANAGE).await?;
    let idp = visit.idp.clone();
    let row_id = suggestion_id(request_id);
    let decided = enrolment::decide(&idp, &mut visit.tx, id, &row_id, is_granted).await?;
    let person = people::find(&mut visit.tx, &decided.user_id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?;
    let value = request(idp.config(), &decided, &person);
    visit.answer(value).await
}
