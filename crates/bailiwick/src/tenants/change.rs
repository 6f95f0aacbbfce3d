//! What is asked for: a tenant, a tier, another try. What takes long the running servers do.

use std::time::Duration;

use bailiwick_api::Module;
use bailiwick_kernel::{Code, Env, Tier};
use bailiwick_services::provisioning::{self, Requested};
use bailiwick_services::{App, Error, fleet};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{MoveArgs, look};
use crate::settings::{Settings, Vars};
use crate::{output, server};

/// How often a move is looked at.
const LOOK: Duration = Duration::from_millis(500);

async fn app(vars: &Vars, modules: &[Module]) -> anyhow::Result<App> {
    let (app, _) = server::build(&Settings::read(vars)?, modules, Env::system()).await?;
    Ok(app)
}

/// In words for who asked: nobody is called that.
fn known<T>(name: &str, result: Result<T, Error>) -> anyhow::Result<T> {
    match result {
        Err(Error::Problem(problem)) if problem.code() == Code::NotFound => {
            anyhow::bail!("no tenant is called {name}")
        }
        other => Ok(other?),
    }
}

/// Makes a tenant.
///
/// # Errors
/// The provider does not know the organization; a setting is unusable; the database's.
pub async fn create(vars: &Vars, modules: &[Module], clerk_id: &str) -> anyhow::Result<String> {
    let app = app(vars, modules).await?;
    let requested = match provisioning::request(&app, clerk_id).await {
        Err(Error::Problem(problem)) if problem.code() == Code::NotFound => {
            anyhow::bail!("the identity provider has no organization {clerk_id}")
        }
        other => other?,
    };
    let (status, word) = match requested {
        Requested::Made(status) => (status, "made"),
        Requested::There(status) => (status, "there before"),
        Requested::UnderWay(status) => (status, "under way"),
    };
    let schema = status.schema.unwrap_or_default();
    Ok(format!("{clerk_id} is {word}: {} {schema}", status.status)
        .trim_end()
        .to_owned())
}

/// Asks for a tier, and waits where that is wanted.
///
/// # Errors
/// There is no such tenant; the move was given up while somebody waited; the database's.
pub async fn move_to(
    vars: &Vars,
    modules: &[Module],
    args: &MoveArgs,
    tier: &str,
) -> anyhow::Result<String> {
    let app = app(vars, modules).await?;
    let name = args.tenant.as_str();
    let wanted = Tier::from_plan(tier).unwrap_or(Tier::Starter);
    let tenant = known(name, fleet::want(&app, name, wanted).await)?;
    let slug = tenant.slug;
    if tenant.tier == tier && tenant.on_move.is_none() {
        return Ok(format!("{slug} is {tier}"));
    }
    if !args.wait {
        return Ok(format!(
            "{slug} will be {tier}: a running server moves it; `bailiwick tenants show {slug}` says how far it is"
        ));
    }
    follow(&app, &tenant.id.to_string(), &slug, tier).await
}

async fn follow(app: &App, id: &str, slug: &str, tier: &str) -> anyhow::Result<String> {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(
        "  {bar:30} {pos} of {len} rows  {per_sec}  {eta} left  {msg}",
    )?);
    let mut said = String::new();
    loop {
        let tenant = known(slug, fleet::find(app, id).await)?;
        if let Some(open) = &tenant.on_move {
            bar.set_length(u64::try_from(open.rows_total).unwrap_or(0));
            bar.set_position(u64::try_from(open.rows_done).unwrap_or(0));
            bar.set_message(open.step.to_lowercase());
            let line = look::progress(open);
            if bar.is_hidden() && open.step != said {
                output::say(&line);
                said.clone_from(&open.step);
            }
        } else if tenant.tier == tier {
            bar.finish_and_clear();
            return Ok(format!("{slug} is {tier}"));
        } else if tenant.tier_wanted != tier {
            bar.finish_and_clear();
            anyhow::bail!(
                "{slug} is {}: somebody asked for that meanwhile",
                tenant.tier
            );
        } else if let Some(error) = tenant.provisioning_error {
            bar.finish_and_clear();
            anyhow::bail!("{slug} could not be moved: {error}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Has what failed done again; all that could not be made where nobody is named.
///
/// # Errors
/// There is no such tenant; the database's.
pub async fn retry(
    vars: &Vars,
    modules: &[Module],
    tenant: Option<&str>,
) -> anyhow::Result<String> {
    let app = app(vars, modules).await?;
    let Some(name) = tenant else {
        let retried = fleet::retry_failed(&app).await?;
        let mut text = format!("{} tenants will be tried again", retried.len());
        for slug in &retried {
            text.push_str(&format!("\n  - {slug}"));
        }
        return Ok(text);
    };
    Ok(match known(name, fleet::retry(&app, name).await)? {
        true => format!("{name} will be tried again by a running server"),
        false => format!("nothing is left to do for {name}"),
    })
}
