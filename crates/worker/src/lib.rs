//! The queue's runtime: claims due jobs, runs them, and puts back what failed. Knows no single
//! job.
//!
//! A job is claimed in one short transaction, run while none is held, and finished in another. The
//! claim is renewed while the job runs; a process that dies loses it after [`LEASE`], and the job
//! runs again.

mod sealing;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bailiwick_services::{App, inbox, intents, jobs, removals};
use bailiwick_store::jobs::Job;
use jiff::SignedDuration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use sealing::seal;

/// A claim holds for so long: what people wait for when the process at work dies.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
/// How often it is renewed. Two renewals may fail before the claim is lost.
const RENEW_EVERY: Duration = Duration::from_secs(4);
/// A job that has not ended by then is dropped and tried again.
const TIME_MAX: Duration = Duration::from_secs(50);
/// Jobs at work at once.
const CONCURRENCY: usize = 8;
/// How long the queue is left alone where nobody wakes us.
const POLL: Duration = Duration::from_millis(500);
/// How often what is settled and old is removed.
const PURGE_EVERY: Duration = Duration::from_secs(60);
/// How often what waits is counted for the metrics.
const MEASURE_EVERY: Duration = Duration::from_secs(15);
/// What an error's text is cut to before it is stored.
const ERROR_CHARS_MAX: usize = 500;

/// Runs jobs until `stop`, then waits for those that are at work.
pub async fn run(app: App, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(CONCURRENCY));
    let running = TaskTracker::new();
    let mut purged = Instant::now();
    let mut measured: Option<Instant> = None;
    loop {
        if measured.is_none_or(|at| at.elapsed() > MEASURE_EVERY) {
            measured = Some(Instant::now());
            if let Err(error) = inbox::measure(&app).await {
                tracing::warn!(%error, "the inbox and the queue could not be measured");
            }
        }
        if purged.elapsed() > PURGE_EVERY {
            purged = Instant::now();
            if let Err(error) = inbox::purge(&app).await {
                tracing::warn!(%error, "old webhooks could not be removed");
            }
            if let Err(error) = removals::schedule(&app).await {
                tracing::warn!(%error, "removals of tenants could not be looked for");
            }
            if let Err(error) = intents::purge(&app).await {
                tracing::warn!(%error, "old intents could not be removed");
            }
        }
        let claimed = claim(&app, &slots).await;
        let found = claimed.len();
        for (job, slot) in claimed {
            let app = app.clone();
            running.spawn(async move {
                settle(&app, &job).await;
                drop(slot);
            });
        }
        if found > 0 && !stop.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = app.woken() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
    running.close();
    running.wait().await;
}

/// Runs what is due now and what that enqueues, until nothing is. For tests and for commands.
///
/// # Errors
/// The database's.
pub async fn drain(app: &App) -> bailiwick_services::Result<usize> {
    let mut count = 0;
    loop {
        let now = app.env().now();
        let claimed = app.store().claim_jobs(now, now + LEASE, 16).await?;
        if claimed.is_empty() {
            return Ok(count);
        }
        for job in claimed {
            settle(app, &job).await;
            count += 1;
        }
    }
}

/// Claims as many due jobs as there are free slots, each with its slot.
async fn claim(app: &App, slots: &Arc<Semaphore>) -> Vec<(Job, OwnedSemaphorePermit)> {
    let mut free = Vec::new();
    while let Ok(slot) = Arc::clone(slots).try_acquire_owned() {
        free.push(slot);
    }
    if free.is_empty() {
        return Vec::new();
    }
    let now = app.env().now();
    let limit = i64::try_from(free.len()).unwrap_or(1);
    match app.store().claim_jobs(now, now + LEASE, limit).await {
        Ok(jobs) => jobs.into_iter().zip(free).collect(),
        Err(error) => {
            tracing::warn!(%error, "jobs could not be claimed");
            Vec::new()
        }
    }
}

/// Runs a job and notes how it went.
async fn settle(app: &App, job: &Job) {
    let outcome = tokio::select! {
        outcome = tokio::time::timeout(TIME_MAX, jobs::run(app, job)) => match outcome {
            Ok(outcome) => outcome.map_err(|error| (error.to_string(), error.retry_after())),
            Err(_) => Err(("took too long".to_owned(), None)),
        },
        () = hold(app, job) => {
            tracing::warn!(jobId = %job.id, kind = job.kind, "a job was claimed by another process");
            return;
        }
    };
    let noted = match outcome {
        Ok(()) => {
            metrics::counter!("jobs_done", "kind" => job.kind.clone()).increment(1);
            app.store().finish_job(job).await
        }
        Err((error, asked)) => put_back(app, job, &error, asked).await,
    };
    if let Err(error) = noted {
        // The claim runs out by itself and the job is tried again.
        tracing::warn!(%error, jobId = %job.id, kind = job.kind, "a job's end could not be noted");
    }
}

/// Renews the claim for as long as it is ours; ends when another has it.
async fn hold(app: &App, job: &Job) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        match app.store().renew_job(job, app.env().now() + LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            // The next one may succeed; until the claim runs out nobody else takes the job.
            Err(error) => tracing::warn!(%error, jobId = %job.id, "a claim was not renewed"),
        }
    }
}

async fn put_back(
    app: &App,
    job: &Job,
    error: &str,
    asked: Option<Duration>,
) -> bailiwick_store::Result<()> {
    let error: String = error.chars().take(ERROR_CHARS_MAX).collect();
    let now = app.env().now();
    if job.attempt < job.max_attempts {
        tracing::warn!(jobId = %job.id, kind = job.kind, attempt = job.attempt, error, "a job failed");
        return app
            .store()
            .retry_job(job, now + jobs::backoff(app, job.attempt, asked), &error)
            .await;
    }
    tracing::error!(jobId = %job.id, kind = job.kind, error, "a job was given up");
    metrics::counter!("jobs_dead", "kind" => job.kind.clone()).increment(1);
    if let Err(error) = jobs::give_up(app, job, &error).await {
        // Not buried: the claim runs out, and giving up is tried again.
        tracing::error!(%error, jobId = %job.id, "giving up a job failed");
        return Ok(());
    }
    app.store().bury_job(job, now, &error).await
}
