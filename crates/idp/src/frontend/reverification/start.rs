//! `POST /v1/client/sessions/{id}/verify`

use axum::extract::{Path, State};
use axum::response::Response;

use super::{answer, begin};
use crate::domain::factors;
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::store::reverifications::{self as rows, Reverification};

/// Asks for a level of proof. Whoever has no second factor is asked for the first. A session of
/// this browser; 401 otherwise.
pub async fn start(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let level = form.require("level")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (session, person) = begin(&mut visit, &id).await?;
    let has_second = factors::are_demanded(&visit.idp.settings(), &person);
    let (level, status) = match level {
        "second_factor" if has_second => (level, "needs_second_factor"),
        "multi_factor" if has_second => (level, "needs_first_factor"),
        "first_factor" | "second_factor" | "multi_factor" => ("first_factor", "needs_first_factor"),
        _ => {
            let text = "level must be one of first_factor, second_factor and multi_factor.";
            return Err(Refusal::format("level", text).into());
        }
    };
    let row = Reverification {
        session_id: session.id,
        level: level.to_owned(),
        status: status.to_owned(),
        first_factor: None,
        second_factor: None,
        created_at: visit.now,
    };
    rows::save(&mut visit.tx, &row).await?;
    answer(visit, &row, &person).await
}
