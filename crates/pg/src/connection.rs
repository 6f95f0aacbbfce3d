//! One connection with its cache of prepared statements.

use std::sync::Mutex;
use std::time::Instant;

use futures::{FutureExt, StreamExt, pin_mut};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use crate::{Params, Result, Schema, Statement};

/// What a statement did.
pub(crate) struct Outcome {
    pub rows: Vec<Row>,
    pub affected: u64,
}

/// How a statement will be sent: by name, or whole.
pub(crate) enum Plan {
    Named(tokio_postgres::Statement),
    Unnamed(std::borrow::Cow<'static, str>, &'static [Type]),
}

struct Entry {
    last: u64,
    prepared: Option<tokio_postgres::Statement>,
}

/// Statements seen on this connection: named from their second use on, at most `bound` of them.
struct Cache {
    entries: std::collections::HashMap<Key, Entry>,
    tick: u64,
    bound: usize,
}

/// A statement by the address of its constant, and the schema that it runs in.
#[derive(PartialEq, Eq, Hash)]
struct Key(usize, Option<Schema>);

enum Lookup {
    Ready(tokio_postgres::Statement),
    First,
    Again,
}

impl Cache {
    fn look_up(&mut self, key: Key) -> Lookup {
        self.tick += 1;
        let tick = self.tick;
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.last = tick;
            return match &entry.prepared {
                Some(prepared) => Lookup::Ready(prepared.clone()),
                None => Lookup::Again,
            };
        }
        if self.entries.len() >= self.bound {
            self.evict();
        }
        let entry = Entry {
            last: tick,
            prepared: None,
        };
        self.entries.insert(key, entry);
        Lookup::First
    }

    /// Forgets the least recently used eighth; dropping a prepared statement closes it.
    fn evict(&mut self) {
        let mut ticks: Vec<u64> = self.entries.values().map(|e| e.last).collect();
        ticks.sort_unstable();
        let horizon = ticks.get(ticks.len() / 8).copied().unwrap_or(u64::MAX);
        self.entries.retain(|_, e| e.last > horizon);
    }
}

pub(crate) struct Connection {
    pub client: Client,
    pub born: Instant,
    pub idle_since: Instant,
    /// The tenant that used it last; 0 = none.
    pub affinity: u64,
    cache: Mutex<Cache>,
    named: bool,
}

impl Connection {
    pub fn new(client: Client, statement_cache: usize) -> Self {
        let now = Instant::now();
        Self {
            client,
            born: now,
            idle_since: now,
            affinity: 0,
            cache: Mutex::new(Cache {
                entries: std::collections::HashMap::new(),
                tick: 0,
                bound: statement_cache.max(8),
            }),
            named: statement_cache > 0,
        }
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Decides how to send `statement`. Asks the server only on a statement's second use, so the
    /// caller does this before it opens a transaction.
    pub async fn plan(
        &self,
        statement: &'static Statement,
        schema: Option<&Schema>,
    ) -> Result<Plan> {
        let schema = if statement.is_tenant() { schema } else { None };
        let whole = || Plan::Unnamed(statement.render(schema), statement.params);
        if !self.named {
            return Ok(whole());
        }
        let key = || Key(std::ptr::from_ref(statement).addr(), schema.cloned());
        let found = self.cache().look_up(key());
        match found {
            Lookup::Ready(prepared) => Ok(Plan::Named(prepared)),
            Lookup::First => Ok(whole()),
            Lookup::Again => {
                let text = statement.render(schema);
                let prepared = self.client.prepare_typed(&text, statement.params).await?;
                if let Some(entry) = self.cache().entries.get_mut(&key()) {
                    entry.prepared = Some(prepared.clone());
                }
                Ok(Plan::Named(prepared))
            }
        }
    }

    /// Sends the statement at the first poll and collects its answer.
    pub async fn run(&self, plan: &Plan, params: &Params<'_>) -> Result<Outcome> {
        let stream = match plan {
            Plan::Named(statement) => {
                self.client
                    .query_raw(statement, params.iter().copied())
                    .await?
            }
            Plan::Unnamed(text, types) => {
                let typed = params.iter().copied().zip(types.iter().cloned());
                self.client.query_typed_raw(text, typed).await?
            }
        };
        pin_mut!(stream);
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await {
            rows.push(row?);
        }
        let affected = stream.rows_affected().unwrap_or(0);
        Ok(Outcome { rows, affected })
    }

    /// Sends `ROLLBACK` without waiting: whatever comes next on this connection comes after it.
    pub fn send_rollback(&self) {
        // One poll hands the message over; the answer is read by the connection's own task.
        let _sent = self.client.batch_execute("ROLLBACK").now_or_never();
    }
}
