//! `POST /v1/machines`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::{DEFAULT_TTL, check_name, secret_of, show_one, ttl};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::ids::{self, Kind};
use crate::secrets;
use crate::store;
use crate::store::machines::{self as rows, Machine};

/// Makes a machine with a secret. 404 where one of those that it may present its tokens to is
/// unknown.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let idp = &backend.idp;
    let now = store::now(idp.env());
    let name = form.required("name");
    check_name(&mut form, &name);
    let default_token_ttl = ttl(&mut form).unwrap_or(DEFAULT_TTL);
    let mut scoped = form.texts("scoped_machines");
    scoped.sort_unstable();
    scoped.dedup();
    if scoped.len() > rows::SCOPES_MAX {
        let text = format!("A machine has {} scopes at most.", rows::SCOPES_MAX);
        form.refuse(Refusal::format("scoped_machines", &text));
    }
    form.finish()?;
    let mut machine = Machine {
        id: ids::new(idp.env(), Kind::Machine),
        name,
        default_token_ttl,
        generation: 1,
        secret_digest: String::new(),
        previous_digest: None,
        previous_until: None,
        created_at: now,
        updated_at: now,
    };
    let secret = secret_of(idp, &machine);
    machine.secret_digest = secrets::digest(&secret);
    let mut tx = backend.begin().await?;
    rows::insert(&mut tx, &machine).await?;
    for other in &scoped {
        super::find_locked(&mut tx, other).await?;
        rows::insert_scope(&mut tx, &machine.id, other, now).await?;
    }
    let mut shown = show_one(idp, &mut tx, &machine).await?;
    tx.commit().await?;
    shown["secret_key"] = secret.into();
    Ok(Json(shown))
}
