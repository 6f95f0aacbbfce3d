//! `GET /v1/users`, `GET /v1/users/count`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::backend::answer::Answer;
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::{people, users};
use crate::error::Refusal;
use crate::store;
use crate::store::search::users::{UserFilter, UserKey};

/// A page of the users that match, as a bare list.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let page = params.page()?;
    let order = params.order(UserKey::CreatedAt, UserKey::parse)?;
    let after = params.text("starting_after");
    if after.is_some() && order.key != UserKey::CreatedAt {
        let text = "starting_after goes with an order by created_at only.";
        return Err(Refusal::format("starting_after", text).into());
    }
    let Some(filter) = filter(&params)? else {
        return Ok(Json(json!([])));
    };
    let mut tx = backend.begin().await?;
    let found = store::search::users::list(&mut tx, &filter, order, after.as_deref(), page).await?;
    let ids: Vec<String> = found.into_iter().map(|user| user.id).collect();
    let people = people::load(&mut tx, &ids).await?;
    tx.commit().await?;
    let shown = ids.iter().filter_map(|id| people.get(id));
    Ok(Json(
        shown
            .map(|person| users::resource(&backend.idp, person))
            .collect(),
    ))
}

/// How many users match.
pub(super) async fn count(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let count = match filter(&params)? {
        None => 0,
        Some(filter) => {
            let mut tx = backend.begin().await?;
            let count = store::search::users::count(&mut tx, &filter).await?;
            tx.commit().await?;
            count
        }
    };
    Ok(Json(total(count)))
}

fn total(count: i64) -> Value {
    json!({ "object": "total_count", "total_count": count })
}

/// Reads the filters. `None` where they ask for something that no user here has, such as a phone
/// number.
fn filter(params: &Params) -> Result<Option<UserFilter>, Refusal> {
    const NOBODY: [&str; 5] = [
        "phone_number",
        "phone_number_query",
        "web3_wallet",
        "provider",
        "provider_user_id",
    ];
    let mut last_active = params.span("last_active_at")?;
    last_active.after = last_active.after.or(params.since("last_active_at")?);
    let text = |name| params.text(name).unwrap_or_default();
    let filter = UserFilter {
        email_addresses: params.list("email_address"),
        external_ids: params.list("external_id"),
        usernames: params.list("username"),
        users: params.among("user_id"),
        organizations: params.among("organization_id"),
        query: text("query"),
        email_address_query: text("email_address_query"),
        username_query: text("username_query"),
        name_query: text("name_query"),
        banned: params.boolean("banned")?,
        created: params.span("created_at")?,
        last_active,
        last_sign_in: params.span("last_sign_in_at")?,
    };
    Ok((!NOBODY.iter().any(|name| params.has(name))).then_some(filter))
}
