//! Modules of a product's own beside ours.

use bailiwick_api::{AppState, HttpSettings, Module, router_with};
use bailiwick_kernel::policy::ModulePolicy;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::state;

#[utoipa::path(get, path = "/config", responses((status = 200, description = "Not ours")))]
async fn ours() {}

#[utoipa::path(get, path = "/boats", responses((status = 200, description = "Boats")))]
async fn boats() {}

const fn module(name: &'static str, routes: fn() -> OpenApiRouter<AppState>) -> Module {
    let policy = ModulePolicy {
        name,
        checks: &[],
        events: &[],
    };
    Module {
        policy,
        migrations: &[],
        routes,
    }
}

#[tokio::test]
async fn a_path_that_is_taken_stops_the_start() {
    let taking = module("taking", || OpenApiRouter::new().routes(routes!(ours)));
    let first = module("first", || OpenApiRouter::new().routes(routes!(boats)));
    let second = module("second", || OpenApiRouter::new().routes(routes!(boats)));
    let state = state(HttpSettings::default(), Vec::new()).await;
    assert!(router_with(state.clone(), &[first]).is_ok());
    for (modules, refusal) in [
        (vec![taking], "module `taking`: there is a /config already"),
        (
            vec![first, second],
            "module `second`: there is a /boats already",
        ),
    ] {
        let refused = router_with(state.clone(), &modules).unwrap_err();
        assert_eq!(refused.to_string(), refusal);
    }
}
