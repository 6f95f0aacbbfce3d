//! The signed-in user.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value};

use super::Frontend;
use super::fields::Form;
use super::piggyback;
use super::request::Meta;
use super::visit::Visit;
use crate::domain::sessions::End;
use crate::domain::{emails, memberships, names, phones, sessions as session_acts, users};
use crate::error::{Refusal, Result};
use crate::model;
use crate::model::user::Person;
use crate::settings::Usernames;
use crate::store::memberships::{count_by_user, list_all_by_user, list_by_user};
use crate::store::{Page, sessions as session_rows};

/// `GET /v1/me`. Signed in; 401 otherwise.
pub async fn get(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    answer_person(visit, person).await
}

/// `PATCH /v1/me`: names, primary address, own metadata. Signed in; 401 otherwise.
pub async fn update(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    if let Some(text) = form.raw("first_name") {
        person.user.first_name = names::name(text, "first_name")?;
    }
    if let Some(text) = form.raw("last_name") {
        person.user.last_name = names::name(text, "last_name")?;
    }
    if let Some(text) = form.raw("username") {
        set_username(
            &visit.idp.settings().identification.username,
            &mut person,
            text,
        )?;
    }
    if let Some(id) = form.get("primary_email_address_id") {
        emails::make_primary(&mut person, id)?;
    }
    if let Some(id) = form.get("primary_phone_number_id") {
        phones::make_primary(&mut person, id)?;
    }
    if let Some(metadata) = form.object("unsafe_metadata")? {
        person.user.unsafe_metadata = metadata;
    }
    let idp = visit.idp.clone();
    users::update(&idp, &mut visit.tx, &mut person).await?;
    answer_person(visit, person).await
}

/// Sets or removes the username, as far as the instance has usernames.
fn set_username(rules: &Usernames, person: &mut Person, text: &str) -> Result<(), Refusal> {
    let is_empty = text.trim().is_empty();
    if !rules.enabled {
        let text = "Usernames are not enabled for this instance.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_param_unknown", text).param("username");
        return if is_empty { Ok(()) } else { Err(refusal) };
    }
    if is_empty && rules.required {
        return Err(Refusal::missing("username"));
    }
    if is_empty {
        person.user.username = None;
        return emails::check_last(person, "username", false, None);
    }
    person.user.username = Some(names::username(rules, text, "username")?);
    Ok(())
}

/// `PATCH /v1/me/metadata`: merges into the user's own metadata; `null` removes a key. Signed in;
/// 401 otherwise.
pub async fn update_metadata(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    if let Some(Value::Object(changes)) = form.object("unsafe_metadata")? {
        merge(&mut person.user.unsafe_metadata, changes);
        // Merging must not get past the bound that a single write has.
        if person.user.unsafe_metadata.to_string().len() > 8 * 1024 {
            return Err(Refusal::format("unsafe_metadata", "The metadata is too large.").into());
        }
    }
    let idp = visit.idp.clone();
    users::update(&idp, &mut visit.tx, &mut person).await?;
    answer_person(visit, person).await
}

fn merge(into: &mut Value, changes: Map<String, Value>) {
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Some(fields) = into.as_object_mut() else {
        return;
    };
    for (key, change) in changes {
        match change {
            Value::Null => {
                fields.remove(&key);
            }
            Value::Object(change) => merge(fields.entry(key).or_insert(Value::Null), change),
            other => {
                fields.insert(key, other);
            }
        }
    }
}

/// `DELETE /v1/me`. Signed in, and allowed to delete the account; 401 and 403 otherwise.
pub async fn delete(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (session, person) = visit.signed_in().await?;
    if !person.user.delete_self_enabled {
        return Err(Refusal::forbidden("You are not allowed to delete your account.").into());
    }
    visit.drop_sessions(&[session.id], End::Removed).await?;
    let idp = visit.idp.clone();
    let gone = users::delete(&idp, &mut visit.tx, &person.user.id).await?;
    visit.answer(gone).await
}

/// `GET /v1/me/sessions`: the sessions of the user, a bare list, without tokens: those are for
/// each session's own browser. Signed in; 401 otherwise.
pub async fn all_sessions(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let rows = session_rows::list_live_by_user(&mut visit.tx, &person.user.id, visit.now).await?;
    let mut values = piggyback::sessions_of(&mut visit, &rows).await?;
    for value in &mut values {
        value["last_active_token"] = Value::Null;
    }
    visit.bare(Value::Array(values)).await
}

/// `GET /v1/me/sessions/active`: the devices on which the user is signed in, a bare list. Signed
/// in; 401 otherwise.
pub async fn sessions(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let rows = session_rows::list_live_by_user(&mut visit.tx, &person.user.id, visit.now).await?;
    let devices = rows
        .iter()
        .map(|row| model::session::device(row, visit.now))
        .collect();
    visit.bare(Value::Array(devices)).await
}

/// `POST /v1/me/sessions/{id}/revoke`: signs out another device of the user. 404 for a session
/// that is not the user's.
pub async fn revoke_session(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let row = session_rows::find(&mut visit.tx, &id).await?;
    if row.is_none_or(|row| row.user_id != person.user.id) {
        return Err(Refusal::not_found("Session").into());
    }
    let idp = visit.idp.clone();
    let ended = session_acts::end(&idp, &mut visit.tx, &id, End::Revoked).await?;
    let mut values = piggyback::sessions_of(&mut visit, &[ended]).await?;
    let mut value = values.pop().ok_or_else(Refusal::signed_out)?;
    // A token of the session is for its own browser.
    value["last_active_token"] = Value::Null;
    visit.answer(value).await
}

/// `GET /v1/me/organization_memberships`. Signed in; 401 otherwise.
pub async fn memberships(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut visit = Visit::read(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let rows = list_by_user(&mut visit.tx, &person.user.id, page).await?;
    let total = count_by_user(&mut visit.tx, &person.user.id).await?;
    let config = visit.idp.config();
    let data = rows
        .iter()
        .map(|row| model::membership::own_membership(config, row, &person));
    let value = model::page(data.collect(), total);
    visit.answer(value).await
}

/// `DELETE /v1/me/organization_memberships/{id}`: leaves an organization. 404 for one that the
/// user is no member of; the last admin stays.
pub async fn leave(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let idp = visit.idp.clone();
    let (gone, _) = memberships::remove(&idp, &mut visit.tx, &id, &person.user.id).await?;
    visit
        .answer(model::deleted("organization_membership", &gone.id))
        .await
}

/// Answers the user together with the browser.
pub async fn answer_person(mut visit: Visit, person: Person) -> Result<Response> {
    let rows = list_all_by_user(&mut visit.tx, &person.user.id).await?;
    let config = visit.idp.config();
    let own = rows
        .iter()
        .map(|row| model::membership::own_membership(config, row, &person));
    let value = model::user::own_user(config, &person, own.collect(), visit.now);
    visit.answer(value).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_is_merged_deeply_and_null_removes() {
        let mut value = json!({ "a": { "b": 1, "c": 2 }, "d": [1] });
        let changes = json!({ "a": { "b": null, "e": { "f": null } }, "d": 3 });
        merge(&mut value, changes.as_object().unwrap().clone());
        assert_eq!(value, json!({ "a": { "c": 2, "e": {} }, "d": 3 }));
    }
}
