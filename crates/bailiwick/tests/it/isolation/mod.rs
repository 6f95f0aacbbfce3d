//! Two tenants, in every combination of tiers: neither sees or changes what is the other's, and no
//! connection carries one to the other.

mod api;
mod attacks;
mod door;
mod pair;
mod sql;

use bailiwick_kernel::Tier;
use bailiwick_pg::{Arg, Entry, Flight, Schema, Statement};
use bailiwick_store::tenant::Placement;
use bailiwick_testkit::{TestApp, World};

/// Which tiers two tenants can live in.
pub(crate) const PAIRS: [(Tier, Tier); 3] = [
    (Tier::Starter, Tier::Starter),
    (Tier::Starter, Tier::Pro),
    (Tier::Pro, Tier::Pro),
];

/// A statement of the test's own.
pub(crate) fn statement(sql: &str) -> &'static Statement {
    Box::leak(Box::new(Statement {
        name: "OF_A_TEST",
        sql: Box::leak(sql.to_owned().into_boxed_str()),
        params: &[],
    }))
}

pub(crate) async fn placement(t: &TestApp, world: &World) -> Placement {
    let found = t.app.store().find_placement(world.id).await.unwrap();
    found.unwrap()
}

/// The schema that a tenant lives in.
pub(crate) async fn schema_of(t: &TestApp, world: &World) -> String {
    placement(t, world).await.schema.to_string()
}

/// The way into the tenant of `home`, as a job, with another schema in place of `{t}`.
pub(crate) fn flight(home: &Placement, schema: &Schema) -> Flight {
    let named = |name| {
        let mut statements = bailiwick_store::tenant::STATEMENTS.iter();
        *statements.find(|s| s.name == name).unwrap()
    };
    let (tenant, reason) = (Arg::Uuid(home.tenant.uuid()), Arg::Text("a test"));
    Flight {
        affinity: 1,
        lane: 1,
        schema: schema.clone(),
        entry: Entry {
            statement: named("ENTER_AS_SYSTEM"),
            reading: named("ENTER_AS_SYSTEM_READING"),
            args: [tenant, Arg::I64(home.epoch), reason, Arg::I64(0)],
        },
    }
}
