//! Organizations that the signed-in user could join.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::domain::enrolment;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::organization_suggestion::{suggestion, suggestion_status};
use crate::store::{Page, organization_suggestions as rows};

/// `GET /v1/me/organization_suggestions`: those of domains in which the user has a verified
/// address, of some statuses; open and accepted ones where none is given. Signed in; 401
/// otherwise.
pub async fn list(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut statuses: Vec<String> = meta
        .query
        .all("status")
        .iter()
        .map(|word| suggestion_status(word).to_owned())
        .collect();
    if statuses.is_empty() {
        statuses = ["pending", "requested"].map(str::to_owned).to_vec();
    }
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let (idp, user_id) = (visit.idp.clone(), &person.user.id);
    enrolment::of_user(&idp, &mut visit.tx, user_id).await?;
    let (found, total) = rows::list(&mut visit.tx, Some(user_id), None, &statuses, page).await?;
    let shown = found.iter().map(|row| suggestion(idp.config(), row));
    let value = model::page(shown.collect(), total);
    visit.answer(value).await
}

/// `POST /v1/me/organization_suggestions/{id}/accept`: asks to join. 404 for another user's
/// suggestion, 400 for one that was accepted before.
pub async fn accept(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let idp = visit.idp.clone();
    let asked = enrolment::request(&idp, &mut visit.tx, &person.user.id, &id).await?;
    visit.answer(suggestion(idp.config(), &asked)).await
}
