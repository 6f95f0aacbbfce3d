//! Sessions.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ms;
use crate::frontend::agents;
use crate::store::sessions::Session;

/// A session, as the Backend API shows it.
#[must_use]
pub fn session(session: &Session, now: Timestamp) -> Value {
    json!({
        "id": session.id,
        "object": "session",
        "user_id": session.user_id,
        "client_id": session.client_id,
        "status": session.status_at(now),
        "last_active_organization_id": session.last_active_organization_id,
        "actor": session.actor,
        "latest_activity": activity(session),
        "last_active_at": ms(session.last_active_at),
        "expire_at": ms(session.expire_at),
        "abandon_at": ms(session.abandon_at),
        "created_at": ms(session.created_at),
        "updated_at": ms(session.updated_at),
    })
}

/// A session, as webhooks show it: with its whole user.
#[must_use]
pub fn session_with_user(row: &Session, user: Value, now: Timestamp) -> Value {
    let mut value = session(row, now);
    value["user"] = user;
    value
}

/// Parts of a session that only the session's own browser sees.
pub struct Own {
    /// The user, with memberships.
    pub user: Value,
    /// The user, as others see it.
    pub public_user_data: Value,
    /// A fresh token; the components fail without one.
    pub jwt: String,
    /// What the user must do before the session counts.
    pub tasks: Vec<&'static str>,
    /// Minutes since the first and second factor.
    pub factor_verification_age: [i64; 2],
}

/// A session, as its own browser sees it.
#[must_use]
pub fn own_session(session: &Session, own: Own, now: Timestamp) -> Value {
    let tasks: Vec<Value> = own.tasks.iter().map(|key| json!({ "key": key })).collect();
    json!({
        "id": session.id,
        "object": "session",
        "status": session.status_at(now),
        "expire_at": ms(session.expire_at),
        "abandon_at": ms(session.abandon_at),
        "last_active_at": ms(session.last_active_at),
        "last_active_token": { "object": "token", "jwt": own.jwt },
        "last_active_organization_id": session.last_active_organization_id,
        "actor": session.actor,
        "tasks": (!tasks.is_empty()).then_some(tasks),
        "user": own.user,
        "public_user_data": own.public_user_data,
        "factor_verification_age": own.factor_verification_age,
        "created_at": ms(session.created_at),
        "updated_at": ms(session.updated_at),
    })
}

/// A session in the list of the user's devices.
#[must_use]
pub fn device(session: &Session, now: Timestamp) -> Value {
    json!({
        "id": session.id,
        "object": "session",
        "status": session.status_at(now),
        "expire_at": ms(session.expire_at),
        "abandon_at": ms(session.abandon_at),
        "last_active_at": ms(session.last_active_at),
        "actor": session.actor,
        "tasks": null,
        "latest_activity": activity(session),
    })
}

fn activity(session: &Session) -> Value {
    let agent = agents::read(session.user_agent.as_deref().unwrap_or_default());
    json!({
        "object": "session_activity",
        "id": session.id.replacen("sess_", "sess_activity_", 1),
        "device_type": agent.device,
        "is_mobile": agent.is_mobile,
        "browser_name": agent.browser,
        "browser_version": agent.version,
        "ip_address": session.client_ip.as_deref().unwrap_or_default(),
        "city": "",
        "country": "",
    })
}
