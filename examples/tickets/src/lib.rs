//! Tickets, as a team adds them to its own product: a worked example of a module beside ours.
//!
//! The floors are those of the house, one file each: [`migrations`](TABLES), [`permission`],
//! [`store`], [`service`], [`api`]. `docs/guides/your-own-resource.md` walks through them.

pub mod api;
pub mod permission;
pub mod service;
pub mod store;

use bailiwick_api::Module;
use bailiwick_kernel::policy::ModulePolicy;
use bailiwick_store::migrations::Migration;

/// The tables, in every tenant's schema.
pub const TABLES: &[Migration] = &[
    Migration {
        version: 1,
        name: "tickets",
        sql: include_str!("../migrations/0001_tickets.sql"),
    },
    Migration {
        version: 2,
        name: "capture",
        sql: include_str!("../migrations/0002_capture.sql"),
    },
];

/// What this product adds to ours.
pub const MODULES: &[Module] = &[Module {
    policy: ModulePolicy {
        name: "tickets",
        checks: permission::ALL,
        events: &[("tickets", permission::READ)],
    },
    migrations: TABLES,
    routes: api::routes,
}];

bailiwick_kernel::ids! {
    /// A ticket of a tenant.
    #[derive(utoipa::ToSchema)]
    TicketId;
}
