//! Signing up: an address, a password, the proof of the address.

mod complete;
mod external;
mod input;
mod ticket;
mod verify;

pub use verify::{attempt, prepare};

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::Frontend;
use super::fields::Form;
use super::request::Meta;
use super::social;
use super::visit::Visit;
use crate::domain::restrictions;
use crate::error::{Refusal, Result};
use crate::store::sign_ups::{self as rows, SignUp};
use crate::{ids, model};

/// An attempt is given up after this long.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// `POST /v1/client/sign_ups`: begins. Public, rate limited. 403 without a ticket where only the
/// invited may; whom a provider brings is known at the end only, and judged then.
pub async fn create(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    if form.flag("transfer") {
        return external::transfer(&frontend, meta, &form).await;
    }
    let ticket = ticket::read(&frontend.idp, &form)?;
    if let Some(strategy) = form.get("strategy").filter(|text| social::is_oauth(text)) {
        return external::begin(&frontend, meta, &form, strategy, ticket).await;
    }
    if ticket.is_none() {
        restrictions::check_mode(&frontend.idp)?;
    }
    let input = input::read(&frontend.idp, &form).await?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_up = register(&mut visit, input).await?;
    if let Some(ticket) = ticket {
        ticket::present(&mut visit, &mut sign_up, &ticket).await?;
    }
    settle(visit, sign_up).await
}

/// Stores a new attempt as the browser's current one.
async fn register(visit: &mut Visit, input: input::Input) -> Result<SignUp> {
    let now = visit.now;
    let client_id = visit.client().await?.id.clone();
    let mut sign_up = SignUp {
        id: ids::new(visit.idp.env(), ids::Kind::SignUp),
        client_id,
        status: "missing_requirements".to_owned(),
        email_address: None,
        email_verification: None,
        phone_number: None,
        phone_verification: None,
        username: None,
        first_name: None,
        last_name: None,
        password_digest: None,
        unsafe_metadata: serde_json::json!({}),
        legal_accepted_at: None,
        locale: None,
        is_external: false,
        created_user_id: None,
        created_session_id: None,
        abandon_at: now.saturating_add(LIFETIME).unwrap_or(now),
        created_at: now,
        updated_at: now,
    };
    input.apply(visit, &mut sign_up).await?;
    rows::insert(&mut visit.tx, &sign_up).await?;
    let client = visit.client().await?;
    client.sign_up_id = Some(sign_up.id.clone());
    client.sign_in_id = None;
    visit.save_client().await?;
    Ok(sign_up)
}

/// `GET /v1/client/sign_ups/{id}`. An attempt of this browser; 404 otherwise. One whose link was
/// followed in another browser goes on here.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta.clone()).await?;
    let sign_up = find(&mut visit, &id).await?;
    if sign_up.status != "missing_requirements" || !is_done(&visit, &sign_up) {
        return answer(visit, &sign_up).await;
    }
    // Its link was followed in another browser: what that proved, this one gets.
    drop(visit);
    let mut visit = Visit::write(&frontend, meta).await?;
    let sign_up = find_open(&mut visit, &id).await?;
    settle(visit, sign_up).await
}

/// `PATCH /v1/client/sign_ups/{id}`: what was missing. An attempt of this browser that is under
/// way; 404 otherwise. Rate limited.
pub async fn update(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    if let Some(strategy) = form.get("strategy").filter(|text| social::is_oauth(text)) {
        return external::prepare(&frontend, &id, meta, &form, strategy).await;
    }
    let input = input::read(&frontend.idp, &form).await?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let mut sign_up = find_open(&mut visit, &id).await?;
    input.apply(&mut visit, &mut sign_up).await?;
    settle(visit, sign_up).await
}

/// Saves the attempt, and completes it where nothing is missing.
async fn settle(mut visit: Visit, mut sign_up: SignUp) -> Result<Response> {
    move_on(&mut visit, &mut sign_up).await?;
    answer(visit, &sign_up).await
}

/// The same, where the answer is another's.
pub async fn move_on(visit: &mut Visit, sign_up: &mut SignUp) -> Result<()> {
    if is_done(visit, sign_up) {
        return complete::complete(visit, sign_up).await;
    }
    rows::save(&mut visit.tx, sign_up, visit.now).await
}

fn is_done(visit: &Visit, sign_up: &SignUp) -> bool {
    sign_up.abandon_at > visit.now
        && model::sign_up::missing_fields(&visit.idp.settings(), sign_up).is_empty()
        && model::sign_up::unverified_fields(sign_up, visit.now).is_empty()
}

async fn answer(mut visit: Visit, sign_up: &SignUp) -> Result<Response> {
    let value = show(&mut visit, sign_up).await?;
    visit.answer(value).await
}

/// An attempt as its browser sees it.
pub async fn show(visit: &mut Visit, sign_up: &SignUp) -> Result<serde_json::Value> {
    let mut value = model::sign_up::sign_up(&visit.idp.settings(), sign_up, visit.now);
    external::show(visit, sign_up, &mut value).await?;
    Ok(value)
}

async fn find(visit: &mut Visit, id: &str) -> Result<SignUp> {
    let not_found = || Refusal::not_found("Sign up attempt");
    let client_id = visit
        .client
        .as_ref()
        .map(|client| client.id.clone())
        .ok_or_else(not_found)?;
    Ok(rows::find(&mut visit.tx, id, &client_id)
        .await?
        .ok_or_else(not_found)?)
}

async fn find_open(visit: &mut Visit, id: &str) -> Result<SignUp> {
    let sign_up = find(visit, id).await?;
    if sign_up.status != "missing_requirements" || sign_up.abandon_at <= visit.now {
        let text = "This sign up attempt is over. Please start again.";
        return Err(
            Refusal::new(StatusCode::BAD_REQUEST, "sign_up_cannot_be_updated", text).into(),
        );
    }
    Ok(sign_up)
}
