//! Ten thousand attempts at the last seats: there are never more people than the plan allows.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, Dice, TestApp, World};
use futures::{StreamExt as _, stream};
use serde_json::json;

use super::{Item, by_plan};

/// Organizations, and requests at once.
const WORLDS: usize = 3;
const AT_ONCE: usize = 12;
/// Requests, most of them for many addresses.
const REQUESTS: usize = 300;
const BULK: usize = 50;
/// Addresses, each of which would take a seat.
const ATTEMPTS_MIN: usize = 10_000;
/// What the plan allows.
const MOST: i64 = 10;

/// The most people that any organization has, whoever is invited included.
const CROWD: &str = "
    select max(n) as most from (
      select (select count(*) from control.memberships m where m.organization_id = o.id and m.status <> 'removed')
           + (select count(*) from control.invitations i where i.organization_id = o.id and i.status = 'pending') as n
      from control.organizations o) seats";

async fn crowd(t: &TestApp) -> i64 {
    t.rows(CROWD).await[0]["most"].as_i64().unwrap()
}

/// One of many requests, and how many seats it tried to take.
async fn attempt(world: &World, number: usize) -> (Answer, usize) {
    let path = format!("/organizations/{}/invitations", world.id);
    let one = |at: usize| json!({"email": format!("p{number}.{at}@example.com"), "role": "viewer"});
    match Dice::new(u64::try_from(number).unwrap() + 1).below(10) {
        0 | 1 => (world.owner().post(&path, one(0)).await, 1),
        // A seat is free again, for whoever is first.
        2 => {
            let open = world.owner().get(format!("{path}?status=pending&limit=5"));
            let open = open.await;
            match open.column("id").first() {
                Some(id) => (world.owner().delete(format!("{path}/{id}")).await, 0),
                None => (open, 0),
            }
        }
        _ => {
            let body = json!({"invitations": (0..BULK).map(one).collect::<Vec<_>>()});
            (world.admin().post(format!("{path}/bulk"), body).await, BULK)
        }
    }
}

#[tokio::test]
async fn ten_thousand_attempts_never_take_one_seat_too_many() {
    let t = TestApp::options()
        .pool_max(AT_ONCE)
        .rules(|rules| rules.invitations_per_hour = 1_000_000)
        .start()
        .await;
    let mut worlds = Vec::new();
    for at in 0..WORLDS {
        let world = t.tenant(&format!("w{at}"), Tier::Starter).await;
        by_plan(&t, &world).await;
        let pro = Item::new(&format!("item_{at}"), "pro", t.now());
        t.apply(&pro.event(&world.clerk_org_id)).await;
        worlds.push(world);
    }
    let requests = stream::iter(0..REQUESTS).map(|number| {
        let (t, world) = (&t, &worlds[number % WORLDS]);
        async move {
            let (answer, attempts) = attempt(world, number).await;
            let most = crowd(t).await;
            assert!(most <= MOST, "{most} people after {answer:?}");
            let outcome = answer.outcome();
            let known = [
                "200",
                "201",
                "202",
                "403 PLAN_LIMIT_EXCEEDED",
                "409 CONFLICT",
            ];
            assert!(known.contains(&outcome.as_str()), "{answer:?}");
            (attempts, outcome)
        }
    });
    let outcomes: Vec<(usize, String)> = requests.buffer_unordered(AT_ONCE).collect().await;
    let attempts: usize = outcomes.iter().map(|(attempts, _)| attempts).sum();
    assert!(attempts >= ATTEMPTS_MIN, "{attempts} attempts");
    let is_refused = |outcome: &&(usize, String)| outcome.1.ends_with("EXCEEDED");
    let refused = outcomes.iter().filter(is_refused).count();
    assert!(refused > REQUESTS / 2, "{refused} refusals");
    t.settle().await;
    // Every seat can be taken, and then no other.
    for (at, world) in worlds.iter().enumerate() {
        let path = format!("/organizations/{}/invitations", world.id);
        let last = stream::iter(0..AT_ONCE).map(|number| {
            let email = format!("last{at}.{number}@example.com");
            world
                .owner()
                .post(&path, json!({"email": email, "role": "viewer"}))
        });
        let _: Vec<Answer> = last.buffer_unordered(AT_ONCE).collect().await;
        let seats = format!("/organizations/{}/seats", world.id);
        let seats = world.owner().get(seats).await.json();
        assert_eq!(seats, json!({"taken": MOST, "max": MOST}));
    }
}
