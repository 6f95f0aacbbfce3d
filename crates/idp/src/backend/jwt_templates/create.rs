//! `POST /v1/jwt_templates`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use super::fields::{apply, taken};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::ids::{self, Kind};
use crate::model::jwt_template::jwt_template;
use crate::store::jwt_templates::{self, JwtTemplate};
use crate::{store, tokens};

/// How much earlier than now tokens begin, where nothing is said, in seconds.
const SKEW: i64 = 5;

/// Makes a template. 422 for a name that is taken, for claims that are reserved, and for a key
/// that cannot sign.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let idp = &backend.idp;
    let now = store::now(idp.env());
    let mut template = JwtTemplate {
        id: ids::new(idp.env(), Kind::JwtTemplate),
        name: String::new(),
        claims: json!(null),
        lifetime_seconds: tokens::LIFETIME,
        clock_skew_seconds: SKEW,
        signing_algorithm: "RS256".to_owned(),
        sealed_key: None,
        created_at: now,
        updated_at: now,
    };
    apply(idp, &mut form, &mut template)?;
    for (param, is_missing) in [
        ("name", template.name.is_empty()),
        ("claims", template.claims.is_null()),
    ] {
        if is_missing {
            form.refuse(Refusal::missing(param));
        }
    }
    form.finish()?;
    let mut tx = backend.begin().await?;
    jwt_templates::insert(&mut tx, &template)
        .await
        .map_err(taken)?;
    tx.commit().await?;
    Ok(Json(jwt_template(&template)))
}
