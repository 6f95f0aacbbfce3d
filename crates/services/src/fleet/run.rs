//! One walk over everything that has a version: `control`, the shared schema, then every tenant's
//! own.
//!
//! Each schema is one transaction, so that the walk may end anywhere and be begun again. Whoever
//! waits for a lock makes everybody behind wait as well: so nobody waits long, and tries again.

use std::collections::BTreeSet;
use std::time::Duration;

use bailiwick_pg::{Pool, Schema};
use bailiwick_store::fleet;
use bailiwick_store::migrations::{self, ModuleTree};
use futures::StreamExt as _;

use crate::{Error, Result};

/// How often one schema is tried within a walk, where it could not be had just then.
const ROUNDS: u32 = 7;
/// The wait before the second round; it doubles from there.
const PAUSE: Duration = Duration::from_millis(100);
/// A backend remembers every table that it ever touched: after so many schemas a connection's share
/// of them is given back.
const CHUNK: usize = 500;

/// How a walk goes.
#[derive(Debug, Clone)]
pub struct Options {
    /// Schemas that are worked on at the same time; the pool should have as many connections.
    pub jobs: usize,
    /// How long a statement waits for a lock, and so anybody behind it for ours.
    pub lock_timeout: Duration,
    /// The tenant that goes first and alone: a slug, the provider's id, or a schema. The first of
    /// all where none is named.
    pub canary: Option<String>,
    /// Only those that failed before.
    pub only_failed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: 4,
            lock_timeout: Duration::from_millis(300),
            canary: None,
            only_failed: false,
        }
    }
}

/// What happens on the way.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many tenants' own schemas are to be looked after.
    Begins(usize),
    /// One of them is done.
    Done(&'a Schema),
    /// One of them could not be had just then, and is tried again.
    Later(&'a Schema, &'a str),
    /// One of them failed.
    Failed(&'a Schema, &'a str),
}

/// A schema that could not be migrated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The schema.
    pub schema: String,
    /// Why.
    pub error: String,
}

/// What a walk did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Migrations applied, over all schemas.
    pub applied: usize,
    /// Tenants' own schemas that were brought to this version.
    pub upgraded: usize,
    /// Those that were not.
    pub failed: Vec<Failure>,
    /// The canary failed, and so nothing came after it.
    pub stopped: bool,
}

/// Brings everything to this binary's version. Safe to repeat, to kill, and to run beside another.
///
/// # Errors
/// The database's, before the tenants' own schemas; what fails in one of those is in the report.
pub async fn run(
    owner: &Pool,
    modules: &[ModuleTree],
    options: &Options,
    tell: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Report> {
    let timeout = Some(options.lock_timeout);
    let mut report = Report::default();
    report.applied += patiently(|| migrations::migrate_control(owner, timeout)).await?;
    report.applied += patiently(|| migrations::migrate_shared(owner, modules, timeout)).await?;

    let behind = fleet::behind(owner, modules, options.only_failed).await?;
    let mut schemas: Vec<Schema> = behind.into_iter().map(|one| one.schema).collect();
    let walk = Walk {
        owner,
        modules,
        options,
        tell,
    };
    let canary = walk.canary(&schemas).await?;
    if let Some(canary) = &canary {
        schemas.retain(|schema| schema != canary);
    }
    tell(Event::Begins(schemas.len() + usize::from(canary.is_some())));
    if let Some(canary) = canary {
        walk.all(vec![canary], &mut report).await?;
        report.stopped = !report.failed.is_empty();
    }
    if !report.stopped {
        walk.all(schemas, &mut report).await?;
    }
    Ok(report)
}

/// Again and again while what is needed cannot be had just then.
async fn patiently<T, F: Future<Output = Result<T, bailiwick_store::Error>>>(
    work: impl Fn() -> F,
) -> Result<T> {
    for round in 1..ROUNDS {
        match work().await {
            Err(error) if error.is_transient() => pause(round).await,
            other => return Ok(other?),
        }
    }
    Ok(work().await?)
}

async fn pause(round: u32) {
    tokio::time::sleep(PAUSE * 2_u32.pow(round - 1)).await;
}

struct Walk<'a> {
    owner: &'a Pool,
    modules: &'a [ModuleTree],
    options: &'a Options,
    tell: &'a (dyn Fn(Event<'_>) + Sync),
}

impl Walk<'_> {
    /// The schema that goes first. Of those that failed before, only one that is named.
    async fn canary(&self, schemas: &[Schema]) -> Result<Option<Schema>> {
        match &self.options.canary {
            Some(name) => match fleet::find(self.owner, name).await? {
                Some(schema) if schema.as_str() != migrations::SHARED => Ok(Some(schema)),
                Some(_) => Err(Error::Command(format!(
                    "{name} has no schema of its own: it cannot go first"
                ))),
                None => Err(Error::Command(format!(
                    "no tenant is called {name}; `bailiwick tenants list --tier pro` names them"
                ))),
            },
            None if self.options.only_failed => Ok(None),
            None => Ok(schemas.first().cloned()),
        }
    }

    /// All of these, those that cannot be had just then again later.
    async fn all(&self, mut schemas: Vec<Schema>, report: &mut Report) -> Result<()> {
        for round in 1..=ROUNDS {
            let mut later = BTreeSet::new();
            for chunk in schemas.chunks(CHUNK) {
                self.chunk(chunk, round, &mut later, report).await?;
                self.owner.close_idle();
            }
            if later.is_empty() {
                return Ok(());
            }
            schemas.retain(|schema| later.contains(schema.as_str()));
            pause(round).await;
        }
        Ok(())
    }

    async fn chunk(
        &self,
        schemas: &[Schema],
        round: u32,
        later: &mut BTreeSet<String>,
        report: &mut Report,
    ) -> Result<()> {
        let work = schemas.iter().map(async |schema| {
            let timeout = Some(self.options.lock_timeout);
            let done = migrations::upgrade_tenant(self.owner, schema, self.modules, timeout).await;
            (schema, done)
        });
        let mut work = futures::stream::iter(work).buffer_unordered(self.options.jobs.max(1));
        while let Some((schema, done)) = work.next().await {
            let error = match done {
                Ok(Some(applied)) => {
                    report.applied += applied;
                    report.upgraded += 1;
                    (self.tell)(Event::Done(schema));
                    continue;
                }
                Ok(None) if fleet::forget(self.owner, schema).await? => {
                    (self.tell)(Event::Done(schema));
                    continue;
                }
                Ok(None) => format!("a tenant lives in {schema}, which is not there"),
                Err(error) if error.is_transient() && round < ROUNDS => {
                    later.insert(schema.to_string());
                    (self.tell)(Event::Later(schema, &error.to_string()));
                    continue;
                }
                Err(error) => error.to_string(),
            };
            fleet::note_failure(self.owner, schema, &error).await?;
            (self.tell)(Event::Failed(schema, &error));
            report.failed.push(Failure {
                schema: schema.to_string(),
                error,
            });
        }
        Ok(())
    }
}
