//! `GET /v1/users`, `GET /v1/users/count`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::filter::filter;
use crate::backend::answer::Answer;
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::{people, users};
use crate::error::Refusal;
use crate::store;
use crate::store::search::users::UserKey;

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
