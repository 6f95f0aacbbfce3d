//! A database, a receiver and a clock for the tests of the sender.

use bailiwick_idp::webhooks::manage::{self, EndpointInput};
use bailiwick_idp::webhooks::{
    EndpointConfig, Limits, Reach, Sender, SigningSecret, Wake, emit, ensure_endpoints,
};
use bailiwick_pg::{Pool, sql};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::support::postgres::{database, database_at};
use crate::support::receiver::Receiver;
use crate::support::time::Time;
use crate::support::until;

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const OTHER_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// Seconds between the attempts at a message.
pub const SCHEDULE: [i64; 7] = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
pub const INSTANCE: &str = "ins_3AqYx0AaBbCcDdEeFfGgHhIiJjK";

sql! {
    /// Gives the provider its identity.
    NAME_INSTANCE(TEXT, TIMESTAMPTZ) =
        "insert into idp.instance (id, created_at) values ($1, $2)";
    /// State, failed and successful attempts, and when the delivery is due.
    DELIVERY_OF(TEXT) = "
        select d.state, d.attempts, d.due_at
          from idp.webhook_deliveries d join idp.webhook_messages m on m.id = d.message_id
         where m.event_type = $1";
    /// What the attempts saw.
    ATTEMPTS() = "
        select a.status, a.error, a.response
          from idp.webhook_attempts a order by a.attempted_at, a.id limit 100";
    /// What went wrong with a message of this type, last.
    ERROR_OF(TEXT) = "
        select a.error
          from idp.webhook_attempts a join idp.webhook_messages m on m.id = a.message_id
         where m.event_type = $1 order by a.attempted_at desc limit 1";
    /// Why endpoints are out of service.
    DISABLED() = "select coalesce(key, url), disabled_reason from idp.webhook_endpoints
        where disabled_at is not null order by 1 limit 100";
    /// The message of a type, and how far it got with an endpoint.
    DELIVERY_TO(TEXT, TEXT) = "
        select m.id, d.state
          from idp.webhook_messages m
          left join idp.webhook_deliveries d on d.message_id = m.id and d.endpoint_id = $2
         where m.event_type = $1 limit 1";
}

pub struct World {
    pub pool: Pool,
    pub time: Time,
    pub wake: Wake,
}

/// How far a delivery got.
#[derive(Debug, PartialEq, Eq)]
pub struct Progress {
    pub state: String,
    pub attempts: i32,
    pub due_at: Timestamp,
}

/// A running sender; stops when asked, dies when dropped.
pub struct Running {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Asserts that a delivery is due in `delay` seconds, ±20 %.
#[track_caller]
pub fn assert_due(world: &World, progress: &Progress, delay: i64) {
    let wait = progress.due_at.duration_since(world.time.now()).as_millis();
    let (low, high) = (i128::from(delay) * 800, i128::from(delay) * 1200);
    assert!(
        (low..=high).contains(&wait),
        "due in {wait} ms, expected about {delay} s"
    );
    assert_eq!(progress.state, "pending");
}

pub fn endpoint(key: &str, url: &Url, secret: &str) -> EndpointConfig {
    EndpointConfig {
        key: key.to_owned(),
        url: url.clone(),
        secret: SigningSecret::parse(secret).unwrap(),
    }
}

impl World {
    pub async fn new() -> Self {
        let (pool, time) = (database().await, Time::stopped());
        Self::on(pool, time).await
    }

    /// A world, and how processes reach its database.
    pub async fn reachable() -> (Self, String) {
        let (pool, url) = database_at().await;
        (Self::on(pool, Time::stopped()).await, url)
    }

    async fn on(pool: Pool, time: Time) -> Self {
        pool.execute(&NAME_INSTANCE, &[&INSTANCE, &time.now()])
            .await
            .unwrap();
        Self {
            pool,
            time,
            wake: Wake::default(),
        }
    }

    /// A world with one receiver, named `main`.
    pub async fn with_receiver() -> (Self, Receiver) {
        let world = Self::new().await;
        let receiver = Receiver::start().await;
        world
            .configure(&[endpoint("main", &receiver.url, SECRET)])
            .await;
        (world, receiver)
    }

    pub async fn configure(&self, endpoints: &[EndpointConfig]) {
        ensure_endpoints(&self.pool, &self.time.env, endpoints)
            .await
            .unwrap();
    }

    /// Emits in a transaction of its own.
    pub async fn emit(&self, event_type: &str) {
        self.emit_data(event_type, &json!({ "id": "user_1", "object": "user" }))
            .await;
    }

    pub async fn emit_data(&self, event_type: &str, data: &Value) {
        let mut tx = self.pool.begin().await.unwrap();
        emit(&mut tx, &self.time.env, event_type, data)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.wake.nudge();
    }

    pub fn run(&self) -> Running {
        self.run_within(Limits::default())
    }

    /// A sender with other bounds.
    pub fn run_within(&self, limits: Limits) -> Running {
        let (pool, env, wake) = (&self.pool, &self.time.env, &self.wake);
        let sender = Sender::new(pool.clone(), env.clone(), wake.clone(), move || limits).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(sender.run(async move {
            stopped.await.ok();
        }));
        Running {
            stop: Some(stop),
            task,
        }
    }

    pub async fn progress(&self, event_type: &str) -> Progress {
        let row = self
            .pool
            .query_one(&DELIVERY_OF, &[&event_type])
            .await
            .unwrap();
        Progress {
            state: row.get(0),
            attempts: row.get(1),
            due_at: row.get(2),
        }
    }

    /// The message of this type, and how far it got with an endpoint that is to get it.
    pub async fn sent_to(&self, event_type: &str, endpoint_id: &str) -> (String, Option<String>) {
        let row = self
            .pool
            .query_one(&DELIVERY_TO, &[&event_type, &endpoint_id])
            .await
            .unwrap();
        (row.get(0), row.get(1))
    }

    /// An endpoint made at run time; its id.
    pub async fn make(&self, url: &Url, events: &[&str]) -> String {
        let input = EndpointInput {
            url: url.to_string(),
            description: String::new(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
        };
        let mut tx = self.pool.begin().await.unwrap();
        let made = manage::create(&mut tx, &self.time.env, Reach::Loopback, &input)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        made.id
    }

    /// The current secret of an endpoint.
    pub async fn secret(&self, id: &str) -> String {
        let mut tx = self.pool.begin().await.unwrap();
        let secret = manage::secret(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        secret.expose().to_owned()
    }

    /// Waits until so many attempts at the one event of this type are on record.
    pub async fn attempted(&self, event_type: &str, attempts: i32) -> Progress {
        until(&format!("attempt {attempts} at {event_type}"), || async {
            let progress = self.progress(event_type).await;
            (progress.attempts >= attempts).then_some(progress)
        })
        .await
    }

    /// Status, error and excerpt of every attempt.
    pub async fn attempts(&self) -> Vec<(Option<i32>, Option<String>, Option<String>)> {
        let rows = self.pool.query(&ATTEMPTS, &[]).await.unwrap();
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
    }

    /// Why the last attempt at the one event of this type got no answer.
    pub async fn error_of(&self, event_type: &str) -> String {
        let row = self.pool.query_one(&ERROR_OF, &[&event_type]).await;
        row.unwrap().get(0)
    }

    /// Endpoints out of service, with the reason.
    pub async fn disabled(&self) -> Vec<(String, String)> {
        let rows = self.pool.query(&DISABLED, &[]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }
}

impl Running {
    /// Stops in order.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap();
        }
        (&mut self.task).await.unwrap();
    }

    /// Kills it in the middle of whatever it does.
    pub async fn kill(mut self) {
        self.task.abort();
        (&mut self.task).await.unwrap_err();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}
