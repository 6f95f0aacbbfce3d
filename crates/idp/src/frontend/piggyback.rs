//! The whole state of a browser, which rides along with every answer.

use serde_json::Value;

use super::visit::Visit;
use crate::domain::{people, tasks, templates};
use crate::error::Result;
use crate::model::user::Person;
use crate::model::{self, session::Own};
use crate::store::memberships::Membership;
use crate::store::sessions::{self, Session};
use crate::store::{self, sign_ins, sign_ups};
use crate::tokens;

/// The state of a browser.
pub struct State {
    /// The client resource, or `null`.
    pub client: Value,
    /// For `__client_uat`: since when somebody is signed in, 0 for nobody; none without a client.
    pub uat: Option<i64>,
}

/// The state of the visit's browser, as the visit's transaction sees it.
pub async fn state(visit: &mut Visit) -> Result<State> {
    let rows = visit.live_sessions().await?;
    state_of(visit, rows).await
}

/// The same, from the browser's live sessions.
pub async fn state_of(visit: &mut Visit, mut rows: Vec<Session>) -> Result<State> {
    let Some(client) = visit.client.clone() else {
        return Ok(State {
            client: Value::Null,
            uat: None,
        });
    };
    settle(visit, &mut rows).await?;
    let all = sessions_of(visit, &rows).await?;
    let sign_in = match &client.sign_in_id {
        Some(id) => sign_in(visit, id, &client.id).await?,
        None => Value::Null,
    };
    let sign_up = match &client.sign_up_id {
        Some(id) => sign_up(visit, id, &client.id).await?,
        None => Value::Null,
    };
    let uat = if rows.is_empty() {
        0
    } else {
        client.updated_at.as_second()
    };
    Ok(State {
        client: model::client::client(&client, all, sign_in, sign_up),
        uat: Some(uat),
    })
}

/// What was just done may have been the last task of a session.
async fn settle(visit: &mut Visit, rows: &mut [Session]) -> Result<()> {
    if !visit.is_writing {
        return Ok(());
    }
    let idp = visit.idp.clone();
    for row in rows.iter_mut().filter(|row| row.status == "pending") {
        let person = people::find(&mut visit.tx, &row.user_id).await?;
        let locked = sessions::find_locked(&mut visit.tx, &row.id).await?;
        let locked = locked.filter(|session| session.is_live(visit.now));
        if let (Some(person), Some(mut locked)) = (person, locked) {
            tasks::settle(&idp, &mut visit.tx, &mut locked, &person).await?;
            *row = locked;
        }
    }
    Ok(())
}

/// Sessions as their own browser sees them: with user, memberships and a fresh token each.
pub async fn sessions_of(visit: &mut Visit, rows: &[Session]) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(rows.len());
    // One by one: a browser has one session of each person, and rarely more than one person.
    for row in rows {
        let found = store::people::glance(&mut visit.tx, &row.user_id).await?;
        if let Some((person, memberships)) = found {
            values.push(session(visit, row, &person, &memberships).await?);
        }
    }
    Ok(values)
}

async fn session(
    visit: &mut Visit,
    row: &Session,
    person: &Person,
    memberships: &[Membership],
) -> Result<Value> {
    let idp = visit.idp.clone();
    let config = idp.config();
    let active = row.last_active_organization_id.as_deref();
    let membership = memberships
        .iter()
        .find(|own| Some(own.organization.id.as_str()) == active);
    let claims = templates::of_session(&idp, &mut visit.tx, row, membership).await?;
    let subject = tokens::Subject {
        claims,
        session: row,
        membership,
        origin: visit.meta.origin.as_deref(),
    };
    let jwt = tokens::session(
        idp.keys(),
        idp.env(),
        &config.issuer,
        &subject,
        tokens::LIFETIME,
    )?;
    let own = memberships
        .iter()
        .map(|own| model::membership::own_membership(config, own, person));
    let organization_id = row.last_active_organization_id.as_deref();
    let own = Own {
        tasks: match row.status.as_str() {
            "pending" => tasks::of(&idp.settings(), person, organization_id),
            _ => Vec::new(),
        },
        user: model::user::own_user(config, person, own.collect(), visit.now),
        public_user_data: model::user::public_user_data(config, person),
        jwt,
        factor_verification_age: tokens::verification_age(row, visit.now),
    };
    Ok(model::session::own_session(row, own, visit.now))
}

async fn sign_in(visit: &mut Visit, id: &str, client_id: &str) -> Result<Value> {
    let row = sign_ins::find(&mut visit.tx, id, client_id).await?;
    let Some(row) = row.filter(|row| row.abandon_at > visit.now && row.status != "complete") else {
        return Ok(Value::Null);
    };
    let person = match &row.user_id {
        Some(user_id) => people::find(&mut visit.tx, user_id).await?,
        None => None,
    };
    super::sign_ins::show(visit, &row, person.as_ref()).await
}

async fn sign_up(visit: &mut Visit, id: &str, client_id: &str) -> Result<Value> {
    let row = sign_ups::find(&mut visit.tx, id, client_id).await?;
    let live = row.filter(|row| row.abandon_at > visit.now && row.status != "complete");
    match live {
        Some(row) => super::sign_ups::show(visit, &row).await,
        None => Ok(Value::Null),
    }
}
