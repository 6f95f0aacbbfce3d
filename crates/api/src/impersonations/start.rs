//! `POST /platform/impersonations`.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::UserId;
use bailiwick_kernel::text::Fields;
use bailiwick_services::Caller;
use bailiwick_services::impersonations::{self, NewImpersonation, REASON_MAX};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ImpersonationView;
use crate::extract::Json;
use crate::problem::ApiResult;

/// Whom to act for, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImpersonationStart {
    /// Whom.
    user_id: UserId,
    /// Why. The organizations that it leads into read it in their audit.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// For how long, minutes.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 120, default = 30)]
    minutes: Option<u16>,
}

impl ImpersonationStart {
    fn checked(&self) -> Result<NewImpersonation, Problem> {
        let mut fields = Fields::new();
        let reason = fields.line("reason", &self.reason, 1..=REASON_MAX);
        fields.finish()?;
        Ok(NewImpersonation {
            user: self.user_id,
            reason,
            lasts: self.minutes.map(|m| SignedDuration::from_mins(m.into())),
        })
    }
}

/// An impersonation that can begin.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImpersonationStarted)]
pub struct StartedView {
    /// It.
    impersonation: ImpersonationView,
    /// Where a browser becomes the user: once, within five minutes. Whoever has it does, so it is
    /// answered this once.
    url: String,
}

/// Starts to act for somebody. Permission `platform:impersonate`; nobody who is on the installation
/// what the caller is, or more, or who has a role in an organization that the caller could not give
/// (403). 403 while acting for somebody; 409 for who acts for somebody in another session.
///
/// Everything that is done so names both in the audit, and what gives or takes rights, what
/// somebody decides in person, and the installation itself are out of its reach.
#[utoipa::path(
    post, path = "/platform/impersonations", operation_id = "startImpersonation", tag = "platform",
    request_body = ImpersonationStart,
    responses((status = 201, description = "The impersonation, with the link that begins it", body = StartedView))
)]
pub(super) async fn start(
    caller: Caller,
    Json(body): Json<ImpersonationStart>,
) -> ApiResult<(StatusCode, Json<StartedView>)> {
    let new = body.checked()?;
    let started = impersonations::start(&caller, &new).await?;
    let people = impersonations::people(caller.app(), [&started.shown.impersonation]).await?;
    let view = StartedView {
        impersonation: ImpersonationView::of(started.shown, &people),
        url: started.url,
    };
    Ok((StatusCode::CREATED, Json(view)))
}
