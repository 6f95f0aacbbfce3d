//! The browser itself.

use axum::extract::State;
use axum::response::Response;

use super::Frontend;
use super::request::Meta;
use super::visit::Visit;
use crate::domain::sessions::End;
use crate::error::Result;
use crate::store::sessions;

/// `GET /v1/client`: the state of the browser, `null` for one that we do not know. Public.
pub async fn get(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    Visit::read(&frontend, meta)
        .await?
        .answer_client(false)
        .await
}

/// `PUT /v1/client` and `POST /v1/client`: makes the browser known, where it is not. Public.
pub async fn ensure(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let mut visit = Visit::write(&frontend, meta).await?;
    visit.client().await?;
    visit.answer_client(true).await
}

/// `DELETE /v1/client/sessions` and `DELETE /v1/client`: signs everybody out; the client stays.
/// Asks for a known browser and nothing else, so that it can be repeated.
pub async fn sign_out(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    if visit.client.is_none() {
        return visit.answer_client(true).await;
    }
    let client = visit.known_client()?;
    client.sign_in_id = None;
    client.sign_up_id = None;
    let client_id = client.id.clone();
    let live = sessions::list_live_by_client(&mut visit.tx, &client_id, visit.now).await?;
    let ids: Vec<String> = live.into_iter().map(|session| session.id).collect();
    visit.drop_sessions(&ids, End::Removed).await?;
    visit.answer_client(true).await
}
