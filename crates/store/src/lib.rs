//! The product's data: every SQL statement, the doors to it, and the schemas.
//!
//! Two doors, no third: [`tenant`] (a guarded transaction in one tenant, entered by
//! `control.enter`) and [`Store::control`] (what has no tenant). Functions here move rows; rules
//! live in `services`.

pub mod approvals;
pub mod archive;
pub mod audit;
pub mod authz;
pub mod changes;
pub mod cluster;
pub mod conflicts;
pub mod context;
pub mod documents;
pub mod events;
pub mod flags;
pub mod fleet;
pub mod gate;
pub mod idempotency;
pub mod impersonations;
pub mod inbox;
pub mod intents;
pub mod invitations;
pub mod jobs;
pub mod member_grants;
pub mod members;
pub mod memberships;
pub mod migrations;
pub mod mirror;
pub mod moves;
pub mod organizations;
pub mod placements;
pub mod plans;
pub mod platform;
pub mod project_members;
pub mod projects;
pub mod provider_roles;
pub mod removals;
pub mod roles;
pub mod seats;
pub mod subscriptions;
pub mod sweeps;
pub mod tables;
pub mod tenant;
pub mod tombstones;
pub mod users;

use std::sync::Arc;

use audit::Keys;
use bailiwick_pg::{Pool, Statement, Tx};
use migrations::ModuleTree;

pub use bailiwick_pg::{Error, Schema};

/// Result of anything that touches the data.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The data of one installation, as the role that serves requests. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    app: Pool,
    direct: Option<Pool>,
    keys: Option<Arc<Keys>>,
    modules: Arc<[ModuleTree]>,
}

impl Store {
    /// Over a pool of the role `bailiwick_app`. Without keys it records nothing, and so changes
    /// nothing that is recorded: see [`Store::with_keys`].
    #[must_use]
    pub fn new(app: Pool) -> Self {
        Self {
            app,
            direct: None,
            keys: None,
            modules: Arc::default(),
        }
    }

    /// The same with the keys that facts are sealed with.
    #[must_use]
    pub fn with_keys(mut self, keys: Arc<Keys>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The same with a second way to the database, which no pooler in transaction mode stands in: to
    /// hear announcements on.
    #[must_use]
    pub fn with_direct(mut self, direct: Pool) -> Self {
        self.direct = Some(direct);
        self
    }

    /// The way on which announcements can be heard.
    pub(crate) fn direct(&self) -> &Pool {
        self.direct.as_ref().unwrap_or(&self.app)
    }

    /// Whether there is a second way.
    pub(crate) fn has_direct(&self) -> bool {
        self.direct.is_some()
    }

    /// Whether announcements can be heard at all. Where not, what they would tell is looked up
    /// anew, each second.
    #[must_use]
    pub fn can_listen(&self) -> bool {
        self.direct().between().has_sessions()
    }

    /// The same with the tables of a product's own modules.
    #[must_use]
    pub fn with_modules(mut self, modules: impl IntoIterator<Item = ModuleTree>) -> Self {
        self.modules = modules.into_iter().collect();
        self
    }

    /// The tables of a product's own modules.
    #[must_use]
    pub fn modules(&self) -> &[ModuleTree] {
        &self.modules
    }

    /// The keys that facts are sealed with.
    #[must_use]
    pub fn keys(&self) -> Option<&Keys> {
        self.keys.as_deref()
    }

    /// A transaction over what has no tenant. Rows of tenants are invisible in it.
    ///
    /// # Errors
    /// No connection became free in time.
    pub async fn control(&self) -> Result<Tx> {
        self.app.begin().await
    }

    /// The pool, for metrics and the start-up gate.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.app
    }
}

/// Every statement of the store, for the test that checks them against a migrated database.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        approvals::STATEMENTS,
        archive::STATEMENTS,
        archive::restore::STATEMENTS,
        audit::check::STATEMENTS,
        audit::fact::STATEMENTS,
        audit::read::STATEMENTS,
        audit::retention::STATEMENTS,
        audit::seals::STATEMENTS,
        authz::STATEMENTS,
        cluster::STATEMENTS,
        cluster::probe::STATEMENTS,
        conflicts::STATEMENTS,
        context::STATEMENTS,
        documents::STATEMENTS,
        events::STATEMENTS,
        flags::STATEMENTS,
        gate::roles::STATEMENTS,
        gate::server::STATEMENTS,
        gate::tables::STATEMENTS,
        fleet::STATEMENTS,
        fleet::rows::STATEMENTS,
        fleet::tenants::STATEMENTS,
        fleet::verify::STATEMENTS,
        idempotency::STATEMENTS,
        impersonations::STATEMENTS,
        inbox::STATEMENTS,
        intents::STATEMENTS,
        invitations::STATEMENTS,
        jobs::STATEMENTS,
        member_grants::STATEMENTS,
        members::STATEMENTS,
        memberships::STATEMENTS,
        mirror::STATEMENTS,
        moves::STATEMENTS,
        moves::rows::STATEMENTS,
        organizations::STATEMENTS,
        organizations::ROWS,
        placements::STATEMENTS,
        plans::STATEMENTS,
        platform::STATEMENTS,
        platform::organizations::STATEMENTS,
        platform::users::STATEMENTS,
        project_members::STATEMENTS,
        projects::STATEMENTS,
        provider_roles::STATEMENTS,
        removals::STATEMENTS,
        removals::control::STATEMENTS,
        removals::rows::STATEMENTS,
        removals::scan::STATEMENTS,
        seats::STATEMENTS,
        subscriptions::STATEMENTS,
        sweeps::STATEMENTS,
        tables::STATEMENTS,
        tenant::STATEMENTS,
        tombstones::STATEMENTS,
        users::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
