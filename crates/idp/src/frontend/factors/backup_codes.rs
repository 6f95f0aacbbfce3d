//! `/v1/me/backup_codes`

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use crate::domain::{factors, people};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::ids::{self, Kind};
use crate::model;

/// `POST /v1/me/backup_codes`: new codes in place of all old ones. Signed in; 401 otherwise, 400
/// where there is no second factor for which they could stand in.
pub async fn create(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let mut person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    let idp = visit.idp.clone();
    if !idp.settings().factors.backup_codes || !person.has_second_factor() {
        let text = "Backup codes need another second factor.";
        let status = StatusCode::BAD_REQUEST;
        return Err(Refusal::new(status, "backup_codes_not_available", text).into());
    }
    let codes = factors::backup_codes::renew(&idp, &mut visit.tx, &person.user.id).await?;
    factors::changed(&idp, &mut visit.tx, &mut person).await?;
    let id = ids::new(idp.env(), Kind::BackupCodes);
    let value = model::totp::backup_codes(&id, &codes, visit.now);
    visit.answer(value).await
}
