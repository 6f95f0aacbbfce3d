//! `POST /v1/sign_in_tokens`, `POST /v1/sign_in_tokens/{id}/revoke`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::seconds;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::login_tokens::{self, NewToken, Purpose, url};
use crate::model::login_token::login_token;

/// How long a token can be used where the request does not say: 30 days.
const LIFETIME: i64 = 2_592_000;

/// Makes a token with which the user signs in once, without password. 404 where there is no such
/// user, or the user is no member of the organization.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let new = NewToken {
        purpose: Purpose::SignIn,
        user_id: form.required("user_id"),
        organization_id: form.name("org_id").flatten(),
        actor: None,
        session_seconds: None,
        redirect_url: None,
        lifetime: seconds(&mut form, "expires_in_seconds", LIFETIME),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let (token, ticket) = login_tokens::create(&backend.idp, &mut tx, new).await?;
    tx.commit().await?;
    let url = url(&backend.idp, &ticket);
    Ok(Json(login_token(&token, Some((&ticket, &url)))))
}

/// Takes a token back that was not used yet. 404 where there is none, 400 where it is too late.
pub(super) async fn revoke(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let token = login_tokens::revoke(&backend.idp, &mut tx, Purpose::SignIn, &id).await?;
    tx.commit().await?;
    Ok(Json(login_token(&token, None)))
}
