//! `PATCH /v1/instance/restrictions`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use super::{booleans, change};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;

/// Changes who may sign up, from now on.
pub(super) async fn update(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let given = booleans(
        &mut form,
        &[
            "allowlist",
            "blocklist",
            "allowlist_blocklist_disabled_on_sign_in",
            "block_email_subaddresses",
            "block_disposable_email_domains",
        ],
    );
    form.finish()?;
    change(&backend, "restrictions", given).await?;
    let settings = backend.idp.settings();
    let rules = &settings.apis.restrictions;
    Ok(Json(json!({
        "object": "instance_restrictions",
        "allowlist": rules.allowlist,
        "blocklist": rules.blocklist,
        "allowlist_blocklist_disabled_on_sign_in": rules.allowlist_blocklist_disabled_on_sign_in,
        "block_email_subaddresses": rules.block_email_subaddresses,
        "block_disposable_email_domains": rules.block_disposable_email_domains,
    })))
}
