//! Users.

mod bulk;
mod compromised;
mod create;
mod delete;
mod external_accounts;
mod factors;
mod fields;
pub(super) mod filter;
mod identifiers;
mod image;
mod list;
mod memberships;
mod metadata;
mod moderate;
mod password;
mod read;
mod remove_password;
mod trusted_devices;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete as remove, get, patch, post};

use super::state::Backend;

/// The routes under `/users`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/users", get(list::list).post(create::create))
        .route("/users/count", get(list::count))
        .route("/users/ban", post(bulk::ban))
        .route("/users/unban", post(bulk::unban))
        .route(
            "/users/{id}",
            get(read::get).patch(update::update).delete(delete::delete),
        )
        .route(
            "/users/{id}/metadata",
            patch(metadata::merge).put(metadata::replace),
        )
        .route(
            "/users/{id}/profile_image",
            post(image::upload).delete(image::delete),
        )
        .route("/users/{id}/ban", post(moderate::ban))
        .route("/users/{id}/unban", post(moderate::unban))
        .route("/users/{id}/lock", post(moderate::lock))
        .route("/users/{id}/unlock", post(moderate::unlock))
        .route(
            "/users/{id}/password/set_compromised",
            post(compromised::set),
        )
        .route(
            "/users/{id}/password/unset_compromised",
            post(compromised::unset),
        )
        .route("/users/{id}/verify_totp", post(factors::verify))
        .route("/users/{id}/totp", remove(factors::delete_totp))
        .route(
            "/users/{id}/backup_code",
            remove(factors::delete_backup_codes),
        )
        .route("/users/{id}/mfa", remove(factors::delete_all))
        .route(
            "/users/{id}/external_accounts/{account_id}",
            remove(external_accounts::delete),
        )
        .route(
            "/users/{id}/oauth_access_tokens/{provider}",
            get(external_accounts::tokens),
        )
        .route("/users/{id}/verify_password", post(password::verify))
        .route("/users/{id}/trusted_devices", get(trusted_devices::list))
        .route("/users/{id}/remove_password", post(remove_password::remove))
        .route(
            "/users/{id}/organization_memberships",
            get(memberships::list),
        )
}
