//! `GET /organizations/{id}/seats`.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::invitations::Seats;
use bailiwick_services::{Caller, invitations};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// How many people an organization may have, and has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Seats)]
pub struct SeatsView {
    /// Members, suspended ones too, and open invitations.
    taken: i64,
    /// How many the plan allows, or an operator instead of it. Nobody is invited beyond that.
    max: i64,
}

impl From<Seats> for SeatsView {
    fn from(seats: Seats) -> Self {
        Self {
            taken: seats.taken,
            max: seats.max,
        }
    }
}

/// How many people an organization may have, and how many it has with those who are invited.
/// Permission `users:invite`. 404 for who is no member.
#[utoipa::path(
    get, path = "/organizations/{id}/seats", operation_id = "getSeats", tag = "organizations",
    params(("id" = OrgId, Path, description = "The organization")),
    responses((status = 200, description = "How many there may be, and are", body = SeatsView))
)]
pub(super) async fn get(caller: Caller, Path(id): Path<OrgId>) -> ApiResult<Json<SeatsView>> {
    let seats = invitations::seats(&caller, id).await?;
    Ok(Json(seats.into()))
}
