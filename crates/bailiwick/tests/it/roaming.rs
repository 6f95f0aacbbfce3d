//! A connection that many tenants come by is replaced before its server process has grown, and
//! nobody waits for that.

use std::collections::BTreeSet;
use std::time::Duration;

use bailiwick_kernel::Tier;
use bailiwick_pg::{Flight, Pool, PoolConfig};
use bailiwick_store::Store;
use bailiwick_store::projects::List;
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::{TestApp, World};

use crate::isolation::{flight, placement, statement};

const TENANTS: usize = 6;
/// Of a list of projects: projects, who is on them, and documents.
const TABLES_OF_A_LIST: usize = 3;

struct Roaming {
    t: TestApp,
    tenants: Vec<(World, TenantDoor)>,
}

impl Roaming {
    async fn start() -> Self {
        let t = TestApp::start().await;
        let mut tenants = Vec::new();
        for number in 0..TENANTS {
            let world = t.tenant(&format!("tenant-{number}"), Tier::Pro).await;
            world.owner().create_project(&world.slug).await;
            let home = placement(&t, &world).await;
            tenants.push((world, TenantDoor::new(&home, Visitor::System("a test"))));
        }
        Self { t, tenants }
    }

    /// With nothing in between: what is replaced behind a pooler is the pooler's.
    async fn pool(&self, tables_max: usize) -> Pool {
        self.wide_pool(1, tables_max).await
    }

    async fn wide_pool(&self, max_size: usize, tables_max: usize) -> Pool {
        let config = PoolConfig::new(self.t.database.direct_url("bailiwick_app"))
            .max_size(max_size)
            .application_name(format!("roaming-{tables_max}"))
            .tables_max(tables_max);
        Pool::connect(config).await.unwrap()
    }

    /// The way into each tenant.
    async fn flights(&self) -> Vec<Flight> {
        let mut flights = Vec::new();
        for (number, (world, _)) in (1..).zip(&self.tenants) {
            let home = placement(&self.t, world).await;
            flights.push(Flight {
                affinity: number,
                lane: number,
                ..flight(&home, &home.schema)
            });
        }
        flights
    }

    /// One list of each tenant, so many times. Answers which server processes took part.
    async fn roam(&self, pool: &Pool, rounds: usize) -> BTreeSet<i32> {
        let open = "select pid from pg_stat_activity
            where datname = current_database() and application_name = current_setting('application_name')";
        let store = Store::new(pool.clone());
        let mut processes = BTreeSet::new();
        for _ in 0..rounds {
            for (world, door) in &self.tenants {
                let list = List::new(world.owner().user(), false, None, 10);
                let found = store.read(door, &list).await.unwrap();
                let names: Vec<&str> = found.iter().map(|p| p.name.as_str()).collect();
                assert_eq!(names, [world.slug.as_str()]);
                let who = statement("select pg_backend_pid()");
                processes.insert(pool.query_one(who, &[]).await.unwrap().get(0));
                let open = pool.query(statement(open), &[]).await.unwrap().len();
                // Another that comes, and one that has not quite gone.
                assert!(open <= 3, "{open} connections");
            }
        }
        processes
    }
}

#[tokio::test]
async fn a_connection_is_replaced_after_as_many_tables_as_it_may_touch() {
    let roaming = Roaming::start().await;
    let all = TENANTS * TABLES_OF_A_LIST;
    let stays = roaming.pool(all + 1).await;
    assert_eq!(roaming.roam(&stays, 4).await.len(), 1);
    let without_bound = roaming.pool(0).await;
    assert_eq!(roaming.roam(&without_bound, 4).await.len(), 1);
    let leaves = roaming.pool(all / 2).await;
    let processes = roaming.roam(&leaves, 4).await;
    assert!(
        (4..=8).contains(&processes.len()),
        "{} server processes",
        processes.len()
    );
    assert!(leaves.status().idle <= 2);
}

/// Where no other can be opened, it goes on as long as it is bearable and then leaves all the same.
#[tokio::test]
async fn a_connection_that_cannot_be_replaced_serves_on() {
    let roaming = Roaming::start().await;
    let pool = roaming.pool(TABLES_OF_A_LIST).await;
    let close = format!(
        "alter database {} connection limit 0",
        roaming.t.database.name()
    );
    roaming.t.tamper(&close).await;
    let store = Store::new(pool.clone());
    let (world, door) = &roaming.tenants[0];
    let list = List::new(world.owner().user(), false, None, 10);
    for _ in 0..20 {
        assert_eq!(store.read(door, &list).await.unwrap().len(), 1);
    }
    let open = format!(
        "alter database {} connection limit -1",
        roaming.t.database.name()
    );
    roaming.t.tamper(&open).await;
    assert!(roaming.roam(&pool, 1).await.len() > 1);
}

/// Which server process serves it.
async fn serving(pool: &Pool, flight: &Flight) -> i32 {
    let who = statement("select pg_backend_pid()");
    pool.read(flight, who, &[]).await.unwrap()[0].get(0)
}

#[tokio::test]
async fn each_connection_serves_its_part_of_the_tenants() {
    let roaming = Roaming::start().await;
    let pool = roaming.wide_pool(3, 0).await;
    let flights = roaming.flights().await;
    let mut homes = Vec::new();
    for flight in &flights {
        homes.push(serving(&pool, flight).await);
    }
    for _ in 0..3 {
        for (flight, home) in flights.iter().zip(&homes) {
            assert_eq!(serving(&pool, flight).await, *home);
            let nobodys = statement("select 1");
            assert_eq!(pool.query(nobodys, &[]).await.unwrap().len(), 1);
        }
    }
    let apart: BTreeSet<&i32> = homes.iter().collect();
    assert!((2..=3).contains(&apart.len()), "{apart:?}");
}

/// A busy tenant is more than its home can serve, and who gives up waiting takes no place along.
#[tokio::test]
async fn who_waits_for_a_home_gets_another_and_who_leaves_gets_none() {
    let roaming = Roaming::start().await;
    let pool = roaming.wide_pool(2, 0).await;
    let flights = roaming.flights().await;
    let at_home = serving(&pool, &flights[0]).await;
    let who = statement("select pg_backend_pid()");
    let mut busy = pool.enter(&flights[0]).await.unwrap();
    assert_eq!(
        busy.query_one(who, &[]).await.unwrap().get::<_, i32>(0),
        at_home
    );
    assert_ne!(serving(&pool, &flights[0]).await, at_home);

    let mut both = pool.enter(&flights[0]).await.unwrap();
    assert_ne!(
        both.query_one(who, &[]).await.unwrap().get::<_, i32>(0),
        at_home
    );
    for flight in &flights {
        let waiting = tokio::time::timeout(Duration::from_millis(1), pool.read(flight, who, &[]));
        assert!(waiting.await.is_err(), "there was no place to be had");
    }
    assert_eq!((pool.status().idle, pool.status().in_use), (0, 2));
    // Who waits is served as soon as one of them is done, whosever home that is.
    let waiting = flights.iter().map(|flight| serving(&pool, flight));
    let all = futures::future::join_all(waiting);
    let (served, ended) = tokio::join!(all, both.commit());
    ended.unwrap();
    assert!(served.iter().all(|process| *process != at_home));
    busy.commit().await.unwrap();
    assert_eq!((pool.status().idle, pool.status().in_use), (2, 0));
}
