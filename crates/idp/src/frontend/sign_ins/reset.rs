//! A new password, for somebody who proved the address.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::{admitted, answer, complete, find_open};
use crate::domain::sessions::{self as session_acts, End};
use crate::domain::users as user_acts;
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::passwords;
use crate::store::sessions;

/// How long after the proof of the address the password may be set.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// `POST /v1/client/sign_ins/{id}/reset_password`: sets the password and signs in. An attempt of
/// this browser whose address was proven a short while ago; 404 otherwise. Rate limited.
pub async fn reset_password(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let password = form.require("password")?;
    passwords::check_rules(
        &frontend.idp.settings().identification.password,
        password,
        "password",
    )?;
    let digest = frontend.idp.passwords().hash(password).await?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_in = find_open(&mut visit, &id, "needs_new_password").await?;
    let mut person = admitted(&mut visit, sign_in.user_id.as_deref()).await?;
    let oldest = visit.now.saturating_sub(WINDOW).unwrap_or(visit.now);
    let proven = sign_in
        .first_factor_verification
        .as_ref()
        .and_then(|row| row.verified_at);
    if proven.is_none_or(|at| at < oldest) {
        let text = "This verification has expired. You need to request a new one.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "verification_expired", text).into());
    }
    let (idp, now) = (visit.idp.clone(), visit.now);
    person.user.password_digest = Some(digest);
    person.user.password_updated_at = Some(now);
    user_acts::update(&idp, &mut visit.tx, &mut person).await?;
    if form.flag("sign_out_of_other_sessions") {
        for session in sessions::list_live_by_user(&mut visit.tx, &person.user.id, now).await? {
            session_acts::end(&idp, &mut visit.tx, &session.id, End::Revoked).await?;
        }
    }
    let proof = complete::Proof::default();
    complete::first_factor(&mut visit, &mut sign_in, &mut person, proof).await?;
    answer(visit, &sign_in, Some(&person)).await
}
