//! The public listener's router, from the list of resources outward through the layers.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::Response;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use tower::ServiceBuilder;
use tower::util::MapResponseLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::module::{Module, PathTaken};
use crate::rate_limit::PerAddress;
use crate::state::AppState;
use crate::{
    approvals, audit, authz, config, documents, events, fallback, health, impersonations,
    invitations, me, member_grants, members, openapi, organizations, platform, policy, problem,
    project_members, projects, request, security, webhooks,
};

/// The canonical prefix, which the document shows.
const CANONICAL: &str = "/api/v1";
/// The prefix under which the same operations answer as well.
const ALIAS: &str = "/api";

/// Every resource, relative to the prefix. A new one is one line here; one of a module stands
/// with the others of its module, and a product's own come last.
fn resources(
    mounts: impl Fn(&str) -> bool,
    own: &[Module],
) -> Result<OpenApiRouter<AppState>, PathTaken> {
    let platform = OpenApiRouter::new()
        .merge(config::routes())
        .merge(problem::routes())
        .merge(me::routes())
        .merge(impersonations::routes())
        .merge(organizations::routes())
        .merge(members::routes())
        .merge(invitations::routes())
        .merge(member_grants::routes())
        .merge(authz::routes())
        .merge(policy::routes())
        .merge(audit::routes())
        .merge(events::routes())
        .merge(platform::routes());
    let modules = [
        (
            "projects",
            projects::routes().merge(project_members::routes()),
        ),
        ("documents", documents::routes()),
        ("approvals", approvals::routes()),
    ];
    let mounted = modules.into_iter().filter(|(module, _)| mounts(module));
    let ours = mounted.fold(platform, |all, (_, routes)| all.merge(routes));
    own.iter().try_fold(ours, |all, module| module.join(all))
}

/// The OpenAPI document of the public interface, with every module of ours and those of a product.
///
/// # Errors
/// A module wants a path that is taken.
pub fn document_with(own: &[Module]) -> Result<OpenApi, PathTaken> {
    document_of(|_| true, own)
}

fn document_of(mounts: impl Fn(&str) -> bool, own: &[Module]) -> Result<OpenApi, PathTaken> {
    let resources = resources(mounts, own)?;
    let nested = OpenApiRouter::with_openapi(openapi::skeleton()).nest(CANONICAL, resources);
    let (_, mut document) = nested.split_for_parts();
    openapi::complete(&mut document);
    Ok(document)
}

/// Why there is no router.
#[derive(Debug, thiserror::Error)]
pub enum Unroutable {
    /// The OpenAPI document cannot be written.
    #[error("writing the OpenAPI document: {0}")]
    Document(#[from] serde_json::Error),
    /// A module wants a path that is taken.
    #[error(transparent)]
    Path(#[from] PathTaken),
}

/// The router of the public listener. Serve it with the peer's address as
/// `ConnectInfo<SocketAddr>`, or all clients share one rate limit.
///
/// # Errors
/// The OpenAPI document cannot be written.
pub fn router(state: AppState) -> Result<Router, Unroutable> {
    router_with(state, &[])
}

/// The same with modules of a product's own.
///
/// # Errors
/// The OpenAPI document cannot be written; a module wants a path that is taken.
pub fn router_with(state: AppState, own: &[Module]) -> Result<Router, Unroutable> {
    let pack = state.app.pack();
    let (operations, _) = resources(|module| pack.mounts(module), own)?.split_for_parts();
    let document = document_of(|module| pack.mounts(module), own)?;
    let operations = operations.merge(openapi::routes(&document)?);
    let api = Router::new()
        .nest(CANONICAL, operations.clone())
        .nest(ALIAS, operations)
        .nest(ALIAS, openapi::reference())
        .layer(DefaultBodyLimit::max(state.http.body_max_bytes))
        .layer(MapResponseLayer::new(uncached));
    let headers = security::Headers::new(&state);
    // One layer: each of its own would put every route into another box.
    let frame = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(
            state.clone(),
            request::layer,
        ))
        .layer(MapResponseLayer::new(move |response| headers.add(response)));
    Ok(Router::new()
        .merge(api)
        .merge(webhooks::routes())
        .layer(PerAddress::layer(state.clone()))
        .merge(health::routes())
        .fallback(fallback::page_or_problem)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(frame)
        .with_state(state))
}

/// What an operation answers is for this caller and now, unless it says otherwise.
fn uncached(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
