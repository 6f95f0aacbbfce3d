//! `bailiwick tenants export` and `import`.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use bailiwick_api::Module;
use bailiwick_kernel::Env;
use bailiwick_services::archive::{self, Options, OtherRole, Progress};
use bailiwick_services::{App, Error};
use bailiwick_store::organizations::Named;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::server;
use crate::settings::Settings;

/// What `bailiwick tenants export` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct ExportArgs {
    /// Its id, the identity provider's, or its slug; one that was deleted while its data is kept, too
    organization: String,
    /// The file, which must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What `bailiwick tenants import` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportArgs {
    /// The file
    file: PathBuf,
    /// The organization that gets it: its id, the identity provider's, or its slug
    #[arg(long, value_name = "ORGANIZATION")]
    into: String,
    /// Also where it has rows: what is there stays as it is
    #[arg(long)]
    merge: bool,
    /// What the export printed, for a file of another installation
    #[arg(long, value_name = "SHA256")]
    fingerprint: Option<String>,
}

async fn named(app: &App, name: &str) -> anyhow::Result<Named> {
    let found = app.store().name_organization(name).await?;
    found.with_context(|| format!("no organization here is called {name}"))
}

fn bar() -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("  {spinner} {msg}")?);
    Ok(bar)
}

fn far(progress: &Progress) -> String {
    let Progress {
        rows,
        objects,
        bytes,
    } = progress;
    format!("{rows} rows, {objects} objects ({})", HumanBytes(*bytes))
}

/// Writes the file.
///
/// # Errors
/// The file is there; there is no such organization; whatever stopped it, and then there is no
/// file.
pub async fn export(
    settings: &Settings,
    modules: &[Module],
    args: &ExportArgs,
) -> anyhow::Result<String> {
    let (app, _) = server::build(settings, modules, Env::system()).await?;
    let org = named(&app, &args.organization).await?;
    let path = args.out.as_path();
    let file = create(path)?;
    let bar = bar()?;
    let written = archive::export(&app, org.id, BufWriter::new(&file), |progress| {
        bar.set_message(far(progress));
        bar.tick();
    });
    let written = written.await;
    bar.finish_and_clear();
    let done = match written {
        Ok(done) => done,
        Err(error) => {
            fs::remove_file(path).with_context(|| path.display().to_string())?;
            return Err(error.into());
        }
    };
    file.sync_all()
        .with_context(|| path.display().to_string())?;
    let mut text = format!(
        "{}: {}\nfingerprint {}",
        path.display(),
        far(&done.progress),
        done.fingerprint
    );
    for key in &done.missing {
        text.push_str("\ndeleted while it was read, and not in the file: ");
        text.push_str(key);
    }
    Ok(text)
}

/// Nobody else reads it.
fn create(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already; name another file", path.display())
        }
        other => other.with_context(|| path.display().to_string()),
    }
}

/// Verifies the file, and restores it.
///
/// # Errors
/// The file is not what it was; it does not fit; whatever stopped it, and then it goes on when
/// repeated.
pub async fn import(
    settings: &Settings,
    modules: &[Module],
    args: &ImportArgs,
) -> anyhow::Result<String> {
    let (app, _) = server::build(settings, modules, Env::system()).await?;
    let org = named(&app, &args.into).await?;
    let open = || {
        let file = File::open(&args.file);
        let file = file.with_context(|| args.file.display().to_string());
        file.map(BufReader::new)
    };
    let keys = app.store().keys().context("AUDIT_KEYS is not set")?;
    let max = app.settings().upload_bytes_max;
    let verified = archive::verify(open()?, keys, args.fingerprint.as_deref(), max)
        .context("nothing was written")?;
    let bar = bar()?;
    let options = Options { merge: args.merge };
    let restored = archive::import(&app, org.id, &verified, open()?, options, |progress| {
        bar.set_message(far(progress));
        bar.tick();
    });
    let restored = restored.await;
    bar.finish_and_clear();
    let done = match restored {
        Err(refusal @ Error::Archive(_)) => return Err(refusal.into()),
        other => other.context("it goes on where it stood when repeated")?,
    };
    let source = &verified.tenant.organization;
    let mut text = format!(
        "{} ({}) of {:.0} is in {}: {} written, {} were there",
        source.slug,
        source.id,
        verified.tenant.exported_at,
        org.slug,
        far(&done.written),
        far(&done.there)
    );
    if !done.not_members.is_empty() {
        text.push_str("\nno members of this organization, and kept as former ones: ");
        text.push_str(&done.not_members.join(", "));
    }
    if !done.other_roles.is_empty() {
        text.push_str("\nroles are not taken over; members who were something else there:");
        for OtherRole { who, here, there } in &done.other_roles {
            text.push_str(&format!("\n  - {who} is {here}, and was {there}"));
        }
    }
    text.push_str("\ngrants of members are not taken over either");
    Ok(text)
}
