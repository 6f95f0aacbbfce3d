//! Modules that a product adds to ours: the whole of the seam.
//!
//! A module brings a table of its own and the routes to it; everything between is ours. Its routes
//! stand beside ours below the same layers, its handlers take a [`bailiwick_services::Scope`] and
//! have no other way to a tenant's rows, its permissions are compared with the policy before the
//! start, and its tables are looked at by the same gate. `docs/guides/your-own-resource.md` walks
//! through one.

use bailiwick_kernel::policy::ModulePolicy;
use bailiwick_store::migrations::{Migration, ModuleTree};
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// A module of a product's own.
#[derive(Debug, Clone, Copy)]
pub struct Module {
    /// Its name, the permissions that it checks, and who hears of its things.
    pub policy: ModulePolicy,
    /// Its tables, in every tenant schema.
    pub migrations: &'static [Migration],
    /// Its routes with their descriptions, relative to the API's prefix.
    pub routes: fn() -> OpenApiRouter<AppState>,
}

/// Two modules, or a module and we, want the same path.
#[derive(Debug, thiserror::Error)]
#[error("module `{module}`: there is a {path} already")]
pub struct PathTaken {
    module: &'static str,
    path: String,
}

impl Module {
    /// Its tables.
    #[must_use]
    pub fn tree(&self) -> ModuleTree {
        ModuleTree {
            name: self.policy.name,
            migrations: self.migrations,
        }
    }

    /// `all` with the routes of this module.
    pub(crate) fn join(
        &self,
        all: OpenApiRouter<AppState>,
    ) -> Result<OpenApiRouter<AppState>, PathTaken> {
        let routes = (self.routes)();
        let ours = &all.get_openapi().paths.paths;
        let mut theirs = routes.get_openapi().paths.paths.keys();
        if let Some(path) = theirs.find(|path| ours.contains_key(*path)) {
            return Err(PathTaken {
                module: self.policy.name,
                path: path.clone(),
            });
        }
        Ok(all.merge(routes))
    }
}

/// What the policy must know of `modules`.
#[must_use]
pub fn policies(modules: &[Module]) -> Vec<ModulePolicy> {
    modules.iter().map(|module| module.policy).collect()
}
