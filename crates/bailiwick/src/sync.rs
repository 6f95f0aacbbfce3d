//! `bailiwick sync`: the mirror beside the identity provider.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use bailiwick_api::Module;
use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_services::sync::sweep::{self, Counts, Difference, Ended, Options};
use bailiwick_store::Store;
use bailiwick_store::sweeps::Sweep;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::settings::Settings;
use crate::{output, server};

/// Compares all of the mirror with the provider and repairs what differs; each difference is a line
/// as soon as it is found. Answers the summary.
///
/// # Errors
/// Another sweep is at work; more is gone at the provider than is believable; the provider's or the
/// database's, after which the next sweep goes on where this one stopped.
pub async fn sweep(
    settings: &Settings,
    modules: &[Module],
    options: Options,
) -> anyhow::Result<String> {
    let (app, _) = server::build(settings, modules, Env::system()).await?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("  {spinner} {msg}")?);
    let tell = |found: &Difference| bar.suspend(|| say(found));
    let progress = |counts: &Counts| {
        bar.set_message(met(counts));
        bar.tick();
    };
    let ran = sweep::run(&app, options, &tell, &progress).await;
    bar.finish_and_clear();
    let report = ran.context("the sweep stopped; the next one goes on where it stood")?;
    match report.ended {
        Ended::Done => Ok(summary(&report.counts, options)),
        Ended::Busy => bail!("another sweep is at work; `bailiwick sync status` shows it"),
        Ended::Lost => bail!("another process took the sweep over"),
        Ended::Refused(why) => bail!("{why} To end them all the same: --allow-deletions <NUMBER>"),
    }
}

fn say(found: &Difference) {
    output::say(&line(found));
}

fn line(found: &Difference) -> String {
    let (kind, differs) = (found.kind.as_str(), found.differs.as_str());
    let line = format!(
        "{differs:<12} {kind:<13} {} {}",
        found.key,
        found.members.join(", ")
    );
    line.trim_end().to_owned()
}

fn met(counts: &Counts) -> String {
    let met: Vec<String> = counts
        .met
        .iter()
        .map(|(kind, n)| format!("{n} {kind}s"))
        .collect();
    format!("{}; {} differences", met.join(", "), counts.total())
}

fn summary(counts: &Counts, options: Options) -> String {
    let mut text = format!("compared {}", met(counts));
    for (kind, found) in &counts.found {
        for (differs, n) in found {
            let _ = write!(text, "\n  {n} {kind}: {differs}");
        }
    }
    if options.dry_run {
        text.push_str("\nnothing was changed");
    }
    text
}

/// The newest sweeps, a line each.
///
/// # Errors
/// The database's.
pub async fn status(app_url: &str) -> anyhow::Result<String> {
    let pool = Pool::connect(PoolConfig::new(app_url).max_size(1))
        .await
        .context("DATABASE_URL")?;
    let sweeps = Store::new(pool).list_sweeps(20).await?;
    if sweeps.is_empty() {
        return Ok("there was no sweep yet".to_owned());
    }
    let lines: Vec<String> = sweeps.iter().map(row).collect();
    Ok(lines.join("\n"))
}

fn row(sweep: &Sweep) -> String {
    let counts: Counts = serde_json::from_value(sweep.counts.clone()).unwrap_or_default();
    let state = sweep.outcome.as_deref().unwrap_or("open");
    let kind = if sweep.is_dry_run { "look" } else { "sweep" };
    let why = sweep.error.as_deref().unwrap_or_default();
    let line = format!(
        "{:.0}  {kind:<5}  {state:<9}  {}  {why}",
        sweep.started_at,
        met(&counts)
    );
    line.trim_end().to_owned()
}
