//! `POST /v1/agents/tasks`, `POST /v1/agents/tasks/{id}/revoke`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::seconds;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::login_tokens::{self, NewToken, Purpose, url};
use crate::error::Refusal;
use crate::frontend::redirects;
use crate::model::login_token::agent_task;
use crate::secrets;
use crate::store;

/// How long a task can be begun, in seconds.
const LIFETIME: i64 = 3600;
/// How long its session lasts where the request does not say, in seconds.
const SESSION: i64 = 1800;

/// Lets an agent act for a user: the answer has an address that signs the agent's browser in as the
/// user and leads to `redirect_url`. The session names the agent as its actor. 404 where there is
/// no such user.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let idp = &backend.idp;
    let on_behalf_of = form.object("on_behalf_of").unwrap_or_default();
    if form.required("permissions") != "*" {
        let text = "The only permissions are \"*\".";
        form.refuse(Refusal::format("permissions", text));
    }
    let agent = form.required("agent_name");
    let task = form.required("task_description");
    if agent.len() > 128 || task.len() > 1024 {
        let text = "The name and the description are 128 and 1024 bytes at most.";
        form.refuse(Refusal::format("agent_name", text));
    }
    let redirect_url = form.required("redirect_url");
    if let Err(refusal) = redirects::read(idp.config(), &redirect_url, "redirect_url") {
        form.refuse(refusal);
    }
    let session_seconds = seconds(&mut form, "session_max_duration_in_seconds", SESSION);
    form.finish()?;

    let mut tx = backend.begin().await?;
    let user_id = principal(&mut tx, &on_behalf_of).await?;
    // One id a name, so that what an agent did can be found under it.
    let agent_id = format!("agent_{}", &secrets::digest(&agent)[..27]);
    let new = NewToken {
        purpose: Purpose::AgentTask,
        user_id,
        organization_id: None,
        actor: Some(json!({ "sub": agent_id, "type": "agent" })),
        session_seconds: Some(session_seconds),
        redirect_url: Some(redirect_url),
        lifetime: LIFETIME,
    };
    let (token, ticket) = login_tokens::create(idp, &mut tx, new).await?;
    tx.commit().await?;
    Ok(Json(agent_task(&token, Some(&url(idp, &ticket)))))
}

async fn principal(
    tx: &mut bailiwick_pg::Tx,
    of: &Map<String, Value>,
) -> crate::error::Result<String> {
    let text = |name: &str| of.get(name).and_then(Value::as_str);
    if let Some(id) = text("user_id") {
        return Ok(id.to_owned());
    }
    let address = text("identifier").ok_or_else(|| Refusal::missing("on_behalf_of"))?;
    let found = store::users::find_by_email(tx, address).await?;
    let (user_id, _) = found.ok_or_else(|| Refusal::not_found("User"))?;
    Ok(user_id)
}

/// Takes a task back that was not begun yet. 404 where there is none, 400 where it is too late.
pub(super) async fn revoke(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let token = login_tokens::revoke(&backend.idp, &mut tx, Purpose::AgentTask, &id).await?;
    tx.commit().await?;
    Ok(Json(agent_task(&token, None)))
}
