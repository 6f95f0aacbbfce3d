//! `bailiwick tenants delete` and `certificate`.

use anyhow::{Context as _, bail, ensure};
use bailiwick_api::Module;
use bailiwick_kernel::Env;
use bailiwick_services::App;
use bailiwick_services::removals::{self, Went};
use bailiwick_store::organizations::Named;
use bailiwick_store::removals::{Removal, Step};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::audit::recording_store;
use crate::server;
use crate::settings::{Settings, Storage, Vars};

/// What `bailiwick tenants delete` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Its id, the identity provider's, or its slug
    organization: String,
    /// Its slug once more
    #[arg(long, value_name = "SLUG")]
    confirm: String,
    /// Remove what it had at once instead of keeping it for a time
    #[arg(long)]
    now: bool,
    /// Why; it stands in the certificate
    #[arg(long, default_value = "asked for by who operates the installation")]
    reason: String,
}

/// Ends an organization, and removes what it had where that is asked for.
///
/// # Errors
/// There is no such organization, or the slug is another; the provider's, the database's, the
/// object store's. All of it can be repeated.
pub async fn run(settings: &Settings, modules: &[Module], args: &Args) -> anyhow::Result<String> {
    ensure!(
        (1..=500).contains(&args.reason.chars().count()),
        "--reason takes 1 to 500 characters"
    );
    let (app, _) = server::build(settings, modules, Env::system()).await?;
    let found = app.store().name_organization(&args.organization).await?;
    let Some(org) = found else {
        return taken_up(&app, args).await;
    };
    ensure!(
        args.confirm == org.slug,
        "that is {} ({}): to delete it say --confirm {}",
        org.name,
        org.id,
        org.slug
    );
    if org.deleted_at.is_none() {
        removals::end(&app, &org.clerk_org_id)
            .await
            .context("deleting it at the identity provider")?;
    }
    if args.now {
        removals::begin(&app, org.id, &args.reason).await?;
        return drive(&app, &org).await;
    }
    let days = settings.rules.tenant_retention_days;
    Ok(format!(
        "{} is deleted and nobody gets in; its data is kept for {days} days from then on",
        org.slug
    ))
}

/// What was deleted before and is not among the organizations any more.
async fn taken_up(app: &App, args: &Args) -> anyhow::Result<String> {
    match app.store().look_up_removal(&args.organization).await? {
        Some(removal) if removal.step == Step::Done => {
            Ok(format!("{} was removed before", removal.slug))
        }
        Some(removal) => {
            let org = Named {
                id: removal.org,
                clerk_org_id: removal.clerk_org_id,
                name: removal.slug.clone(),
                slug: removal.slug,
                deleted_at: Some(removal.deleted_at),
            };
            drive(app, &org).await
        }
        None => bail!("no organization here is called {}", args.organization),
    }
}

async fn drive(app: &App, org: &Named) -> anyhow::Result<String> {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("  {spinner} {msg}")?);
    let went = removals::drive(app, org.id, |removal| {
        bar.set_message(stands(removal));
        bar.tick();
    });
    let went = went.await;
    bar.finish_and_clear();
    let slug = &org.slug;
    match went.context("the removal stopped; repeated, it goes on where it stood")? {
        Some(Went::Waits(until)) => Ok(format!(
            "{slug}: what is to be removed is, but for what an upload URL may bring until {until:.0}. \
             A server with DATABASE_RETENTION_URL ends it then, or this command repeated"
        )),
        Some(_) => Ok(format!(
            "{slug} is removed; `bailiwick tenants certificate {}` shows the proof",
            org.id
        )),
        None => bail!("another process is removing {slug}"),
    }
}

fn stands(removal: &Removal) -> String {
    let of = |name: &str| removal.counts.get(name).copied().unwrap_or(0);
    let objects = of("objects");
    let rows: i64 = removal.counts.values().sum();
    let rows = rows - objects - of("object_bytes");
    format!(
        "{} rows, {objects} objects; {}",
        rows,
        removal.step.as_str().to_lowercase()
    )
}

/// The certificate of a removal, once both copies and the signature hold.
///
/// # Errors
/// There is none; it is not what was signed.
pub async fn certificate(vars: &Vars, organization: &str) -> anyhow::Result<String> {
    let store = recording_store(vars).await?;
    let objects = server::object_store(&Storage::read(vars)?, &Env::system())?;
    let removal = store.look_up_removal(organization).await?;
    let removal =
        removal.with_context(|| format!("nothing called {organization} is being removed"))?;
    let read = removals::read(&store, Some(&objects), &removal).await?;
    let Some(read) = read else {
        bail!("{} is not removed yet: {}", removal.slug, stands(&removal));
    };
    ensure!(
        read.is_genuine,
        "the certificate in the database is not what was signed:\n{}",
        read.text
    );
    ensure!(
        read.is_outside == Some(true),
        "the certificate in the object store is missing, or another:\n{}",
        read.text
    );
    Ok(read.text)
}
