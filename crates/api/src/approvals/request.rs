//! `POST /approvals`.

use bailiwick_services::Scope;
use bailiwick_services::approvals::{self, Input};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::ApprovalView;
use crate::extract::{Idempotent, Json};
use crate::problem::ApiResult;

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalRequest {
    /// What for.
    #[schema(min_length = 1, max_length = 64, example = "cash_advance")]
    pub kind: String,
    /// In the smallest unit of the currency.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64)]
    pub amount: i64,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Asks for something that somebody else decides on. Permission `approvals:request`.
#[utoipa::path(
    post, path = "/approvals", operation_id = "requestApproval", tag = "approvals",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first")),
    request_body = ApprovalRequest,
    responses((status = 201, description = "What was asked for", body = ApprovalView))
)]
pub(super) async fn request(
    mut scope: Scope,
    request: Idempotent<ApprovalRequest>,
) -> ApiResult<(StatusCode, Json<ApprovalView>)> {
    let input = Input {
        kind: request.body.kind,
        amount: request.body.amount,
        currency: request.body.currency,
        note: request.body.note,
    };
    let found = approvals::request(&mut scope, &input, request.key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(ApprovalView::one(&scope, found))))
}
