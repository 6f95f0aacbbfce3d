//! `DELETE /v1/users/{id}/external_accounts/{account_id}`,
//! `GET /v1/users/{id}/oauth_access_tokens/{provider}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::{Value, json};

use crate::backend::answer::Answer;
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::{external_accounts as acts, people};
use crate::error::{Refusal, Result};
use crate::model;
use crate::social::{Provider, Tokens};
use crate::store;
use crate::store::external_accounts::{self as rows, ExternalAccount};

/// How long before its end a token is renewed, in seconds.
const EARLY_SECONDS: i64 = 60;

/// Disconnects an account of a user, the last way to sign in too. Emits `user.updated`. 404 where
/// the user has none of that id.
pub(super) async fn delete(
    State(backend): State<Arc<Backend>>,
    Path((id, account_id)): Path<(String, String)>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    let deleted = acts::disconnect(&backend.idp, &mut tx, &mut person, &account_id).await?;
    tx.commit().await?;
    Ok(Json(deleted))
}

/// The access tokens of a user at a provider, renewed where they have ended and the provider lets
/// us. 404 where there is no such user; 400 for an ended token that cannot be renewed.
pub(super) async fn tokens(
    State(backend): State<Arc<Backend>>,
    Path((id, provider)): Path<(String, String)>,
    params: Params,
) -> Answer {
    let page = params.page()?;
    let is_page = params.boolean("paginated")? == Some(true);
    let mut tx = backend.begin().await?;
    let person = crate::backend::state::person(&mut tx, &id).await?;
    // No transaction is open while a provider is asked.
    tx.commit().await?;
    let key = provider.strip_prefix("oauth_").unwrap_or(&provider);
    let is_of = |account: &&ExternalAccount| {
        account.provider == key && account.is_verified() && account.tokens.is_some()
    };
    let accounts: Vec<_> = person.external_accounts.iter().filter(is_of).collect();
    let mut shown = Vec::new();
    for account in page.of(&accounts) {
        let tokens = fresh(&backend, account).await?;
        shown.push(show(account, &tokens));
    }
    Ok(Json(if is_page {
        model::page(shown, model::count(&accounts))
    } else {
        shown.into()
    }))
}

/// The tokens of an account, renewed where they have ended.
async fn fresh(backend: &Backend, account: &ExternalAccount) -> Result<Tokens> {
    let idp = &backend.idp;
    let tokens = acts::open(
        idp,
        &account.id,
        account.tokens.as_deref().unwrap_or_default(),
    )?;
    let now = store::now(idp.env());
    let ends = tokens.expires_at.map(|at| at.as_second() - EARLY_SECONDS);
    if ends.is_none_or(|ends| ends > now.as_second()) {
        return Ok(tokens);
    }
    let Some(refresh) = &tokens.refresh else {
        let text = "The access token has expired, and the provider gave no refresh token.";
        let code = "external_account_missing_refresh_token";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    };
    let retrieval =
        |text: String| Refusal::new(StatusCode::BAD_REQUEST, "oauth_token_retrieval_error", text);
    let provider = Provider::find(&idp.settings().social, &account.strategy());
    let provider = provider.ok_or_else(|| retrieval("It is not offered any more.".to_owned()))?;
    let renewed = idp.providers().refresh(&provider, refresh).await;
    let mut renewed = renewed.map_err(|failure| retrieval(failure.to_string()))?;
    renewed.scopes = renewed.scopes.or(tokens.scopes);
    renewed.id = renewed.id.or(tokens.id);
    let mut tx = backend.begin().await?;
    let sealed = acts::seal(idp, &account.id, &renewed)?;
    rows::set_tokens(&mut tx, &account.id, &sealed).await?;
    tx.commit().await?;
    Ok(renewed)
}

fn show(account: &ExternalAccount, tokens: &Tokens) -> Value {
    let mut value = json!({
        "object": "oauth_access_token",
        "external_account_id": account.id,
        "provider_user_id": account.subject,
        "token": tokens.access,
        "expires_at": model::ms_opt(tokens.expires_at),
        "provider": account.strategy(),
        "public_metadata": {},
        "label": null,
        "scopes": account.approved_scopes.split_whitespace().collect::<Vec<_>>(),
    });
    if let Some(id) = &tokens.id {
        value["id_token"] = id.as_str().into();
    }
    value
}
