//! So many writes a second, each timed from when it was due: a server that stands still is felt by
//! all that fell due meanwhile. They come as people do, independently of each other and of those of
//! another load (a Poisson process): by two clocks each would always meet the same of the other's.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bailiwick_testkit::Dice;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::http::{Client, request};
use crate::signer::Signer;
use crate::stage::Stage;
use crate::world::Reader;

/// Connections of one load: as many writes may be under way at once.
const CONNECTIONS: usize = 64;
/// A token is renewed when it is so old.
const TOKEN_AGE: Duration = Duration::from_secs(20);
/// Where a connection cannot be had: a server that was killed is on its way.
const PAUSE: Duration = Duration::from_millis(10);

/// What came of a load.
#[derive(Default)]
pub struct Wrote {
    /// What each took, in microseconds, and when it was due, since the load began.
    timed: Vec<(u32, Duration)>,
    /// Names of the projects that the server acknowledged.
    pub acknowledged: Vec<String>,
    /// Answers of another kind, and connections that broke.
    pub refused: usize,
}

impl Wrote {
    /// How many were acknowledged.
    pub fn count(&self) -> usize {
        self.timed.len()
    }

    /// The time in milliseconds that so many of a hundred took at most.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let place = self.count() * percent / 100;
        let place = place.min(self.count().saturating_sub(1));
        let took = self.timed.get(place).map_or(0, |(took, _)| *took);
        f64::from(took) / 1000.0
    }

    /// What was due between two moments of the load.
    pub fn between(&self, since: Duration, until: Duration) -> impl Iterator<Item = u32> {
        let is_then = move |due: Duration| due >= since && due < until;
        self.timed
            .iter()
            .filter(move |(_, due)| is_then(*due))
            .map(|(took, _)| *took)
    }

    fn add(&mut self, other: Self) {
        self.timed.extend(other.timed);
        self.acknowledged.extend(other.acknowledged);
        self.refused += other.refused;
    }
}

/// A load, under way.
pub struct Load {
    plan: Arc<Plan>,
    tasks: Vec<JoinHandle<anyhow::Result<Wrote>>>,
}

struct Plan {
    address: SocketAddr,
    signer: Signer,
    owners: Vec<Reader>,
    bearers: Mutex<Vec<Option<(Instant, String)>>>,
    label: String,
    began: Instant,
    arrivals: Mutex<Arrivals>,
    is_over: AtomicBool,
}

/// When writes fall due: after pauses that are exponentially distributed.
struct Arrivals {
    turn: u32,
    due: Duration,
    mean: Duration,
    dice: Dice,
}

impl Arrivals {
    /// The same ones for the same number a second, so that two loads can be compared.
    fn at(per_second: f64) -> Self {
        Self {
            turn: 0,
            due: Duration::ZERO,
            mean: Duration::from_secs_f64(1.0 / per_second),
            dice: Dice::new(per_second.to_bits()),
        }
    }

    /// The number of the next one, and when it is due since the load began.
    fn next(&mut self) -> (u32, Duration) {
        const PARTS: u32 = 1 << 20;
        let drawn = u32::try_from(self.dice.below(PARTS as usize)).unwrap_or(0);
        let share = f64::from(drawn + 1) / f64::from(PARTS);
        self.due += self.mean.mul_f64(-share.ln());
        self.turn += 1;
        (self.turn - 1, self.due)
    }
}

impl Load {
    /// Begins to make projects, `per_second` of them, in the organizations of `owners` by turns.
    /// Their names begin with `label`.
    pub fn start(
        stage: &Stage,
        owners: &[Reader],
        per_second: f64,
        label: impl Into<String>,
    ) -> Self {
        let plan = Arc::new(Plan {
            address: stage.public,
            signer: stage.signer.clone(),
            owners: owners.to_vec(),
            bearers: Mutex::new(vec![None; owners.len()]),
            label: label.into(),
            began: Instant::now(),
            arrivals: Mutex::new(Arrivals::at(per_second)),
            is_over: AtomicBool::new(false),
        });
        let tasks = (0..CONNECTIONS).map(|_| tokio::spawn(write(Arc::clone(&plan))));
        Self {
            tasks: tasks.collect(),
            plan,
        }
    }

    /// Ends it, and says what came of it.
    pub async fn stop(self) -> anyhow::Result<Wrote> {
        self.plan.is_over.store(true, Ordering::Relaxed);
        let mut all = Wrote::default();
        for task in self.tasks {
            all.add(task.await??);
        }
        all.timed.sort_unstable();
        Ok(all)
    }
}

async fn write(plan: Arc<Plan>) -> anyhow::Result<Wrote> {
    let mut wrote = Wrote::default();
    let mut client = None;
    loop {
        let (turn, due) = plan.next();
        tokio::time::sleep_until(due.into()).await;
        if plan.is_over.load(Ordering::Relaxed) {
            return Ok(wrote);
        }
        let name = format!("{} {turn}", plan.label);
        let post = plan.post(turn, &name)?;
        if client.is_none() {
            client = Client::connect(plan.address).await.ok();
        }
        let status = match &mut client {
            Some(client) => client
                .exchange(&post)
                .await
                .map(|answer| answer.status)
                .ok(),
            None => None,
        };
        if status == Some(201) {
            let took = u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX);
            wrote.timed.push((took, due.duration_since(plan.began)));
            wrote.acknowledged.push(name);
        } else {
            wrote.refused += 1;
            if status.is_none() {
                client = None;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

impl Plan {
    fn next(&self) -> (u32, Instant) {
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let (turn, due) = arrivals.next();
        (turn, self.began + due)
    }

    fn post(&self, turn: u32, name: &str) -> anyhow::Result<Vec<u8>> {
        let at = usize::try_from(turn)? % self.owners.len();
        let bearer = self.bearer(at)?;
        let body = json!({"name": name, "description": "What it is about"}).to_string();
        let headers = [("authorization", bearer.as_str())];
        Ok(request("POST", "/api/v1/projects", &headers, &body))
    }

    fn bearer(&self, at: usize) -> anyhow::Result<String> {
        let mut bearers = self.bearers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = bearers.get_mut(at).context("no such owner")?;
        if let Some((made, bearer)) = known
            && made.elapsed() < TOKEN_AGE
        {
            return Ok(bearer.clone());
        }
        let owner = self.owners.get(at).context("no such owner")?;
        let token = self.signer.token(&owner.user, &owner.org, owner.role)?;
        let bearer = format!("Bearer {token}");
        *known = Some((Instant::now(), bearer.clone()));
        Ok(bearer)
    }
}
