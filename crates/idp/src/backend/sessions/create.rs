//! `POST /v1/sessions`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::people;
use crate::domain::sessions::{Origin, Start, start};
use crate::error::Refusal;
use crate::ids::{self, Kind};
use crate::model::session::session;
use crate::store;
use crate::store::clients::Client;

/// Signs a user in on a client of its own that no browser has; the way of tests and scripts to a
/// token. Emits `session.created`. 404 where the user is unknown or no member of the organization,
/// 403 where the user is banned.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let idp = &backend.idp;
    let user_id = form.required("user_id");
    let organization_id = form.name("active_organization_id").flatten();
    form.finish()?;

    let now = store::now(idp.env());
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &user_id).await?;
    if person.user.banned {
        let text = "This user is banned.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "user_banned", text).into());
    }
    if let Some(id) = &organization_id {
        let membership = store::memberships::find(&mut tx, id, &user_id).await?;
        membership.ok_or_else(|| Refusal::not_found("Organization"))?;
    }
    let client = Client {
        id: ids::new(idp.env(), Kind::Client),
        cookie_digest: None,
        sign_in_id: None,
        sign_up_id: None,
        last_active_session_id: None,
        last_authentication_strategy: None,
        cookie_expires_at: None,
        created_at: now,
        updated_at: now,
    };
    store::clients::insert(&mut tx, &client).await?;
    let origin = Origin::default();
    let new = Start {
        organization_id: organization_id.as_deref(),
        is_vouched: true,
        ..Start::new(&client.id, &origin)
    };
    let row = start(idp, &mut tx, new, &mut person).await?;
    tx.commit().await?;
    Ok(Json(session(&row, now)))
}
