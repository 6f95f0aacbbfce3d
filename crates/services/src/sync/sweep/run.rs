//! A sweep from its beginning, or from where another was left, to its end.

use std::time::Duration;

use bailiwick_store::audit::Fact;
use bailiwick_store::sweeps::{self, Held};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::compare::{Difference, Mode};
use super::pace::Pace;
use super::position::{Counts, Phase, Position};
use super::step::Step;
use crate::{App, Error, Result};

/// Who has not said anything for so long holds no sweep any more.
const HOLD: SignedDuration = SignedDuration::from_secs(60);
/// An open sweep that began so long ago is not gone on with: too much has changed.
const RESUMED_MAX: SignedDuration = SignedDuration::from_hours(6);
/// So many steps in a row may fail because the provider or the database does not answer.
const FAILURES_MAX: u32 = 6;
/// The longest wait before a step is tried again.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// So many of a kind may be gone at the provider without anybody wondering…
const GONE_FEW: i64 = 50;
/// …and beyond that, one of so many.
const GONE_SHARE: i64 = 5;

/// How a sweep is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Only look: nothing is repaired.
    pub dry_run: bool,
    /// How many of each kind may be ended because the provider has them no more. None: 50, or a
    /// fifth of all, whichever is more. A key of another instance would end everything.
    pub deletions_max: Option<u64>,
}

/// How a sweep ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It came to its end.
    Done,
    /// Another is at work.
    Busy,
    /// More is gone at the provider than is believable: why. Nothing of that kind was ended.
    Refused(String),
    /// Another took it over.
    Lost,
}

/// What a sweep did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How it ended.
    pub ended: Ended,
    /// What it met and found.
    pub counts: Counts,
    /// Whether it went on where another was left.
    pub is_resumed: bool,
}

/// Compares the mirror with the provider and repairs it. `tell` hears of each difference, and
/// `progress` of the counts after each step.
///
/// # Errors
/// The provider's or the database's, after some patience: the sweep stays open, and the next one
/// goes on with it.
pub async fn run(
    app: &App,
    options: Options,
    tell: &(dyn Fn(&Difference) + Send + Sync),
    progress: &(dyn Fn(&Counts) + Send + Sync),
) -> Result<Report> {
    let holder = app.env().uuid();
    let Some((mut held, is_resumed)) = take(app, options, holder).await? else {
        return Ok(Report {
            ended: Ended::Busy,
            counts: Counts::default(),
            is_resumed: false,
        });
    };
    tracing::info!(sweepId = %held.id, is_resumed, dryRun = options.dry_run, "a sweep begins");
    let mut sweep = Sweep {
        app,
        options,
        holder,
        position: serde_json::from_value(held.position.clone()).map_err(unreadable)?,
        counts: serde_json::from_value(held.counts.clone()).map_err(unreadable)?,
        tell,
    };
    let ended = sweep.go(&mut held, progress).await;
    let result = match &ended {
        Ok(Ended::Done) => "done",
        Ok(Ended::Refused(_)) => "refused",
        Ok(Ended::Lost | Ended::Busy) => "lost",
        Err(_) => "failed",
    };
    metrics::counter!("sync_sweeps", "result" => result).increment(1);
    if let Err(error) = &ended {
        let (store, now) = (app.store(), app.env().now());
        let text = error.to_string();
        if let Err(error) = store.let_sweep_go(held.id, holder, &text, now).await {
            // It is let go by itself, a little later.
            tracing::warn!(%error, sweepId = %held.id, "a sweep could not be let go");
        }
    }
    Ok(Report {
        ended: ended?,
        counts: sweep.counts,
        is_resumed,
    })
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Inconsistent(format!("the state of a sweep: {error}"))
}

/// Opens a sweep, or takes the open one over where nobody holds it; none where somebody does.
async fn take(app: &App, options: Options, holder: Uuid) -> Result<Option<(Held, bool)>> {
    // One that is abandoned makes place for another, once.
    for _ in 0..2 {
        let now = app.env().now();
        let mut tx = app.store().control().await?;
        let new = Held {
            id: app.env().uuid(),
            is_dry_run: options.dry_run,
            position: json!(Position::start()),
            counts: json!(Counts::default()),
            started_at: now,
        };
        if sweeps::open(&mut tx, &new, holder, now + HOLD).await? {
            tx.commit().await?;
            return Ok(Some((new, false)));
        }
        let Some(found) = sweeps::take(&mut tx, holder, now + HOLD, now).await? else {
            return Ok(None);
        };
        let is_ours = found.is_dry_run == options.dry_run;
        if is_ours && found.started_at > now - RESUMED_MAX {
            tx.commit().await?;
            return Ok(Some((found, true)));
        }
        sweeps::finish(&mut tx, found.id, holder, "abandoned", None, now).await?;
        tx.commit().await?;
    }
    Ok(None)
}

struct Sweep<'a> {
    app: &'a App,
    options: Options,
    holder: Uuid,
    position: Position,
    counts: Counts,
    tell: &'a (dyn Fn(&Difference) + Send + Sync),
}

impl Sweep<'_> {
    async fn go(
        &mut self,
        held: &mut Held,
        progress: &(dyn Fn(&Counts) + Send + Sync),
    ) -> Result<Ended> {
        let pace = Pace::new(self.app.settings().sync.calls_per_second / 2);
        let step = Step {
            app: self.app,
            sweep: held.id,
            mode: if self.options.dry_run {
                Mode::Look
            } else {
                Mode::Repair
            },
            pace: &pace,
            tell: self.tell,
        };
        let mut failures = 0;
        while self.position.phase != Phase::Over {
            if let Some(why) = self.doubt(held.id).await? {
                return self.finish(held, "refused", Some(why)).await;
            }
            // A step that fails half-way is taken again, whole: what it repaired is the same then.
            let (mut position, mut counts) = (self.position.clone(), self.counts.clone());
            match step.take(&mut position, &mut counts).await {
                Ok(()) => {
                    failures = 0;
                    (self.position, self.counts) = (position, counts);
                    if !self.save(held).await? {
                        return Ok(Ended::Lost);
                    }
                    progress(&self.counts);
                }
                Err(error) if error.is_transient() && failures < FAILURES_MAX => {
                    failures += 1;
                    self.wait(held.id, failures, &error).await?;
                }
                Err(error) => return Err(error),
            }
        }
        self.finish(held, "done", None).await
    }

    /// Why so much cannot be gone. Looked at once a kind, before the first is ended. Not for
    /// invitations: most of those that are open no more have been accepted, or their time is over.
    async fn doubt(&self, sweep: Uuid) -> Result<Option<String>> {
        let Phase::Left(kind) = self.position.phase else {
            return Ok(None);
        };
        if !self.position.after.is_empty() {
            return Ok(None);
        }
        let counts = self.app.store().count_left_by_sweep(sweep).await?;
        let Some(count) = counts.into_iter().find(|c| c.kind == kind.as_str()) else {
            return Ok(None);
        };
        let usual = GONE_FEW.max(count.total / GONE_SHARE);
        let max = self.options.deletions_max;
        let max = max.map_or(usual, |max| i64::try_from(max).unwrap_or(i64::MAX));
        Ok((count.left > max).then(|| {
            format!(
                "{} of {} {}s here are not at the provider, more than the {max} that are believed: \
                 is the secret key that of the right instance?",
                count.left, count.total, count.kind
            )
        }))
    }

    async fn save(&self, held: &mut Held) -> Result<bool> {
        held.position = json!(self.position);
        held.counts = json!(self.counts);
        let until = self.until();
        let mut tx = self.app.store().control().await?;
        let is_ours = sweeps::save(&mut tx, held, self.holder, until).await?;
        tx.commit().await?;
        Ok(is_ours)
    }

    fn until(&self) -> Timestamp {
        self.app.env().now() + HOLD
    }

    /// As long as the provider asks, or a little longer each time.
    async fn wait(&self, sweep: Uuid, failures: u32, error: &Error) -> Result<()> {
        let ours = Duration::from_millis(500) * 2_u32.saturating_pow(failures);
        let wait = error.retry_after().unwrap_or(ours).min(WAIT_MAX);
        tracing::warn!(%error, ?wait, "a step of a sweep is tried again");
        let until = self.until() + SignedDuration::try_from(wait).unwrap_or(HOLD);
        let store = self.app.store();
        store.hold_sweep(sweep, self.holder, until).await?;
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Ends it, with a fact of what it found.
    async fn finish(&self, held: &Held, outcome: &str, why: Option<String>) -> Result<Ended> {
        let now = self.app.env().now();
        let mut tx = self.app.store().control().await?;
        let why_text = why.as_deref();
        if !sweeps::finish(&mut tx, held.id, self.holder, outcome, why_text, now).await? {
            return Ok(Ended::Lost);
        }
        if self.counts.total() > 0 || why.is_some() {
            let object = held.id.to_string();
            let after = json!({
                "outcome": outcome, "dryRun": self.options.dry_run, "counts": self.counts,
                "reason": why,
            });
            let fact = Fact {
                after: Some(after),
                ..Fact::impersonal(self.app.env(), "system", "sync.sweep", ("sweep", &object))
            };
            self.app.store().record(&mut tx, &fact).await?;
        }
        tx.commit().await?;
        self.app.wake_worker();
        tracing::info!(sweepId = %held.id, outcome, found = self.counts.total(), "a sweep ended");
        Ok(why.map_or(Ended::Done, Ended::Refused))
    }
}
