//! The Frontend API: what Clerk's components in the browser talk to.

mod acting;
pub mod agents;
mod billing;
mod client;
pub(crate) mod cookies;
mod environment;
mod factors;
pub(crate) mod fields;
mod handshake;
mod identifications;
pub mod images;
mod intake;
mod joining;
mod me;
mod oauth;
mod organizations;
mod paths;
mod pending;
mod piggyback;
mod profile;
pub(crate) mod redirects;
mod request;
mod reverification;
mod scripts;
mod sessions;
mod sign_ins;
mod sign_ups;
mod site;
mod social;
mod verify;
mod visit;
mod waitlist;

pub use sign_ins::Strategy;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post};
use tower::Layer;

use crate::instance::Idp;

/// Where verifiers look for the keys.
const KEY_SET: &str = "/.well-known/jwks.json";

/// What every handler shares.
#[derive(Clone)]
pub struct Frontend {
    idp: Idp,
    cookies: Arc<cookies::Cookies>,
}

impl FromRef<Frontend> for Idp {
    fn from_ref(frontend: &Frontend) -> Self {
        frontend.idp.clone()
    }
}

/// The router of an instance.
pub fn router(idp: Idp) -> Router {
    let config = idp.config();
    let cookies = cookies::Cookies::new(
        idp.keys().instance_id(),
        &config.publishable_key,
        config.is_secure(),
    );
    let state = Frontend {
        idp: idp.clone(),
        cookies: Arc::new(cookies),
    };
    let routes = routes()
        .fallback(intake::not_found)
        .method_not_allowed_fallback(intake::method_not_allowed)
        .with_state(state);
    // Around the whole router: the method must be known before a route is looked for.
    Router::new().fallback_service(from_fn_with_state(idp, intake::intake).layer(routes))
}

/// Every route, and nothing of what stands before them: for whoever goes through all of them.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .merge(public())
        .nest(
            "/.well-known",
            site::well_known_routes().merge(oauth::well_known_routes()),
        )
        .nest("/oauth", oauth::routes())
        .nest(
            "/v1",
            client_routes()
                .merge(me_routes())
                .merge(social::social_routes())
                .merge(factors::factor_routes())
                .merge(identifications::routes())
                .merge(profile::routes())
                .merge(reverification::reverification_routes())
                .merge(organization_routes())
                .merge(joining::routes())
                .merge(site::routes())
                .merge(oauth::consent_routes())
                .merge(billing::routes())
                .route("/waitlist", post(waitlist::join)),
        )
}

/// The public key set alone, for whichever listener verifiers can reach.
pub fn key_set(idp: Idp) -> Router {
    Router::new()
        .route(KEY_SET, get(environment::jwks))
        .with_state(idp)
}

fn public() -> Router<Frontend> {
    Router::new()
        .route(KEY_SET, get(environment::jwks))
        .route("/v1/verify", get(verify::follow).post(verify::confirm))
        .route("/images/avatars/{file}", get(images::avatar))
        .route("/images/uploads/{id}", get(images::upload))
        .route("/images/providers/{file}", get(social::logo::get))
        .route("/npm/@clerk/{package}/dist/{file}", get(scripts::script))
        .route(
            "/v1/environment",
            get(environment::get).patch(environment::get),
        )
}

fn client_routes() -> Router<Frontend> {
    Router::new()
        .route("/client/handshake", get(handshake::handshake))
        .route("/client/touch", get(handshake::touch))
        .route(
            "/client",
            get(client::get)
                .put(client::ensure)
                .post(client::ensure)
                .delete(client::sign_out),
        )
        .route("/client/sessions", axum::routing::delete(client::sign_out))
        .route("/client/sign_ups", post(sign_ups::create))
        .route(
            "/client/sign_ups/{id}",
            get(sign_ups::get).patch(sign_ups::update),
        )
        .route(
            "/client/sign_ups/{id}/prepare_verification",
            post(sign_ups::prepare),
        )
        .route(
            "/client/sign_ups/{id}/attempt_verification",
            post(sign_ups::attempt),
        )
        .route("/client/sign_ins", post(sign_ins::create))
        .route("/client/sign_ins/{id}", get(sign_ins::get))
        .route(
            "/client/sign_ins/{id}/prepare_first_factor",
            post(sign_ins::prepare),
        )
        .route(
            "/client/sign_ins/{id}/attempt_first_factor",
            post(sign_ins::attempt),
        )
        .route(
            "/client/sign_ins/{id}/prepare_second_factor",
            post(sign_ins::prepare_second),
        )
        .route(
            "/client/sign_ins/{id}/attempt_second_factor",
            post(sign_ins::attempt_second),
        )
        .route(
            "/client/sign_ins/{id}/reset_password",
            post(sign_ins::reset_password),
        )
        .route("/client/sessions/{id}", get(sessions::get))
        .route("/client/sessions/{id}/touch", post(sessions::touch))
        .route("/client/sessions/{id}/tokens", post(sessions::token))
        .route(
            "/client/sessions/{id}/tokens/{template}",
            post(sessions::template_token),
        )
        .route("/client/sessions/{id}/end", post(sessions::end))
        .route("/client/sessions/{id}/remove", post(sessions::remove))
}

fn me_routes() -> Router<Frontend> {
    Router::new()
        .route("/me", get(me::get).patch(me::update).delete(me::delete))
        .route("/me/metadata", patch(me::update_metadata))
        .route("/me/sessions", get(me::all_sessions))
        .route("/me/sessions/active", get(me::sessions))
        .route("/me/sessions/{id}/revoke", post(me::revoke_session))
        .route("/me/organization_memberships", get(me::memberships))
        .route(
            "/me/organization_memberships/{id}",
            axum::routing::delete(me::leave),
        )
}

fn organization_routes() -> Router<Frontend> {
    use organizations::{invitations, lists, members};
    Router::new()
        .route("/organizations", post(organizations::create))
        .route(
            "/organizations/{id}",
            get(organizations::get)
                .patch(organizations::update)
                .delete(organizations::delete),
        )
        .route(
            "/organizations/{id}/memberships",
            get(members::list).post(members::add),
        )
        .route(
            "/organizations/{id}/memberships/{user_id}",
            patch(members::update).delete(members::remove),
        )
        .route("/organizations/{id}/roles", get(lists::roles))
        .route(
            "/organizations/{id}/invitations",
            get(invitations::list).post(invitations::create),
        )
        .route(
            "/organizations/{id}/invitations/bulk",
            post(invitations::bulk),
        )
        .route(
            "/organizations/{id}/invitations/pending",
            get(invitations::pending),
        )
        .route(
            "/organizations/{id}/invitations/{invitation_id}/revoke",
            post(invitations::revoke),
        )
        .merge(organizations::domains::routes())
        .merge(organizations::logo::routes())
        .merge(organizations::requests::routes())
}
