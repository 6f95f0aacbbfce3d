//! `/v1/me/totp`

use axum::extract::State;
use axum::response::Response;

use crate::domain::factors::totp;
use crate::domain::people;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::store::sessions;

/// `POST /v1/me/totp`: a secret for an authenticator application. Signed in; 401 otherwise, 400
/// where one is set up already.
pub async fn create(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    let idp = visit.idp.clone();
    let fresh = totp::begin(&idp, &mut visit.tx, &person).await?;
    let shown = Some((fresh.secret.as_str(), fresh.uri.as_str()));
    visit
        .answer(model::totp::totp(&fresh.row, shown, None))
        .await
}

/// `POST /v1/me/totp/attempt_verification`: the application's first code turns it on. Signed in;
/// 401 otherwise. Rate limited.
pub async fn attempt(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let code = form.require("code")?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (session, person) = visit.signed_in().await?;
    let mut person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    let idp = visit.idp.clone();
    let proven = totp::prove(&idp, &mut visit.tx, &mut person, code).await?;
    // Whoever has just shown a code has just given a second factor.
    if let Some(mut session) = sessions::find_locked(&mut visit.tx, &session.id).await? {
        session.second_factor_at = Some(visit.now);
        sessions::save(&mut visit.tx, &mut session, visit.now).await?;
    }
    let codes = proven.backup_codes.as_deref();
    visit
        .answer(model::totp::totp(&proven.row, None, codes))
        .await
}

/// `DELETE /v1/me/totp`. Signed in; 401 otherwise, 404 where there is none.
pub async fn delete(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let mut person = people::get_locked(&mut visit.tx, &person.user.id).await?;
    let idp = visit.idp.clone();
    let id = totp::remove(&idp, &mut visit.tx, &mut person).await?;
    visit.answer(model::deleted("totp", &id)).await
}
