//! The console for developers: what happens in an instance, as pages for a browser.
//!
//! For development alone: it answers on this machine's own names only, and shows nobody anything
//! who has neither a link that the instance printed nor its secret key. Pages are plain HTML that
//! needs no script; every change is a form whose origin is checked.

pub mod access;
mod assets;
mod billing;
mod guard;
mod keys;
mod layout;
mod login;
mod organizations;
mod overview;
mod people;
mod sessions;
mod settings;
mod users;
mod view;
mod waitlist;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bailiwick_pg::Tx;

use crate::error::{Refusal, Result};
use crate::instance::Idp;

/// Where the console begins.
pub const ROOT: &str = "/console";
/// The largest form, in bytes.
const BODY_MAX: usize = 64 * 1024;

/// What the console is told beside the instance.
#[derive(Clone, Debug, Default)]
pub struct ConsoleConfig {
    /// Where mail can be read, if there is such a place.
    pub mailbox_url: Option<String>,
}

/// The state of the router.
struct Console {
    idp: Idp,
    config: ConsoleConfig,
}

/// Every statement of this module, for the test that checks them.
pub(crate) static STATEMENTS: &[&[&bailiwick_pg::Statement]] =
    &[billing::STATEMENTS, overview::STATEMENTS];

type State = axum::extract::State<Arc<Console>>;

impl Console {
    async fn begin(&self) -> Result<Tx> {
        Ok(self.idp.pool().begin().await?)
    }
}

/// The console's pages under [`ROOT`], and the way there from `/`. To be served on a listener that
/// only this machine can reach.
pub fn router(idp: Idp, config: ConsoleConfig) -> Router {
    let console = Arc::new(Console { idp, config });
    Router::new()
        .route("/", get(async || Redirect::to(ROOT)))
        .route(ROOT, get(overview::page))
        .route("/console/style.css", get(assets::style))
        .route("/console/icon.svg", get(assets::icon))
        .route("/console/enter", get(login::enter))
        .route("/console/login", get(login::page).post(login::submit))
        .route("/console/logout", post(login::logout))
        .merge(user_routes())
        .merge(webhook_routes())
        .route("/console/organizations", get(organizations::list))
        .route("/console/organizations/{id}", get(organizations::show))
        .route("/console/sessions", get(sessions::list))
        .route("/console/sessions/{id}/revoke", post(sessions::revoke))
        .route("/console/waitlist", get(waitlist::list))
        .route("/console/waitlist/{id}/invite", post(waitlist::invite))
        .route("/console/waitlist/{id}/reject", post(waitlist::reject))
        .route("/console/billing", get(billing::page))
        .route("/console/keys", get(keys::page))
        .route("/console/keys/secret", post(keys::reveal))
        .route("/console/keys/rotate", post(keys::rotate))
        .route("/console/settings", get(settings::page))
        .route("/console/{*rest}", get(nowhere).post(nowhere))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(Arc::clone(&console), guard::guard))
        .with_state(console)
}

fn user_routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/console/users", get(users::list))
        .route("/console/users/{id}", get(users::show::page))
        .route("/console/users/{id}/ban", post(users::actions::ban))
        .route("/console/users/{id}/unban", post(users::actions::unban))
        .route("/console/users/{id}/lock", post(users::actions::lock))
        .route("/console/users/{id}/unlock", post(users::actions::unlock))
        .route("/console/users/{id}/delete", post(users::actions::delete))
        .route(
            "/console/users/{id}/sign-in",
            get(users::sign_in::ask).post(users::sign_in::make),
        )
}

fn webhook_routes() -> Router<Arc<Console>> {
    use webhooks::{endpoint, message};
    let id = |rest: &str| format!("/console/webhooks/{{id}}{rest}");
    Router::new()
        .route(
            "/console/webhooks",
            get(webhooks::list).post(webhooks::create),
        )
        .route("/console/messages", get(message::list))
        .route("/console/messages/{id}", get(message::page))
        .route("/console/messages/{id}/replay", post(message::replay))
        .route(&id(""), get(endpoint::page).post(endpoint::change))
        .route(&id("/secret"), post(endpoint::reveal))
        .route(&id("/rotate"), post(endpoint::rotate))
        .route(&id("/enable"), post(endpoint::enable))
        .route(&id("/disable"), post(endpoint::disable))
        .route(&id("/delete"), post(endpoint::delete))
        .route(&id("/replay"), post(endpoint::replay))
}

async fn nowhere() -> Result<()> {
    Err(Refusal::not_found("Page").into())
}

/// Back to a page after a change: 303, so that a reload does not repeat it. `done` names what the
/// page says about it.
fn back(path: &str, done: &str) -> Response {
    Redirect::to(&format!("{path}?done={done}")).into_response()
}
