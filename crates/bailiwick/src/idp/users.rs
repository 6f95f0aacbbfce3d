//! `bailiwick idp users`.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bailiwick_idp::domain::passwords::reset;
use bailiwick_idp::transfer::{
    Import, Outcome, Record, export, read_csv, read_ndjson, write_csv, write_ndjson,
};
use bailiwick_idp::{Error, Idp};

use super::{note, print};

/// How users are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A JSON object a line, with everything
    Ndjson,
    /// The columns of Clerk's own export
    Csv,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Take users over from a file
    #[command(
        after_help = "Each user is taken over by itself; one that is there already stays as it is, so an
import that was cut off is simply repeated. The id in the file becomes the external id.

CSV has the columns of Clerk's export, among them password_digest and password_hasher. NDJSON has
the same names, and metadata:
  {\"id\":\"7\",\"first_name\":\"Ada\",\"verified_email_addresses\":[\"ada@example.com\"],
   \"password_digest\":\"$2b$10$…\",\"password_hasher\":\"bcrypt\",\"public_metadata\":{\"plan\":\"pro\"}}

Examples:
  bailiwick idp users import people.csv --dry-run
  bailiwick idp users import people.ndjson"
    )]
    Import {
        /// The file; .csv is CSV, anything else NDJSON
        file: PathBuf,
        /// Check everything, change nothing
        #[arg(long)]
        dry_run: bool,
        /// The form of the file, where its name does not say
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Write users to a file, or to the terminal
    #[command(after_help = "Examples:
  bailiwick idp users export people.ndjson
  bailiwick idp users export people.csv --with-passwords")]
    Export {
        /// The file, readable by you alone; the terminal where none is named
        file: Option<PathBuf>,
        /// With digests of passwords
        #[arg(long)]
        with_passwords: bool,
        /// The form, where the file's name does not say
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Give a user a new password, print it, and end all sessions
    #[command(after_help = "Examples:
  bailiwick idp users reset-password me@example.com
  bailiwick idp users reset-password user_2abc…")]
    ResetPassword {
        /// The verified e-mail address, or the id
        user: String,
    },
}

/// Does it.
pub async fn run(idp: &Idp, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Import {
            file,
            dry_run,
            format,
        } => {
            let format = format.unwrap_or_else(|| format_of(&file));
            import(idp, &file, format, dry_run).await
        }
        Command::Export {
            file,
            with_passwords,
            format,
        } => {
            let named = file.as_deref().map_or(Format::Ndjson, format_of);
            let records = everybody(idp, with_passwords).await?;
            let text = match format.unwrap_or(named) {
                Format::Ndjson => write_ndjson(&records),
                Format::Csv => write_csv(&records),
            };
            write(file.as_deref(), &text.map_err(anyhow::Error::msg)?)?;
            note(&format!("{} users", records.len()));
            Ok(())
        }
        Command::ResetPassword { user } => match reset(idp, &user).await {
            Ok(password) => {
                note("the sessions of this user have ended; the new password is");
                print(&password)
            }
            Err(Error::Refused(_)) => anyhow::bail!(
                "nobody has the verified e-mail or the id {user}; nothing was changed"
            ),
            Err(error) => Err(error.into()),
        },
    }
}

fn format_of(file: &Path) -> Format {
    match file.extension() {
        Some(end) if end.eq_ignore_ascii_case("csv") => Format::Csv,
        _ => Format::Ndjson,
    }
}

async fn import(idp: &Idp, file: &Path, format: Format, dry_run: bool) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let records = match format {
        Format::Ndjson => read_ndjson(&text),
        Format::Csv => read_csv(&text)
            .map_err(anyhow::Error::msg)
            .with_context(|| format!("reading {}", file.display()))?,
    };
    let mut import = Import::new(idp, dry_run);
    let (mut created, mut known, mut refused) = (0_u64, 0_u64, 0_u64);
    for (line, record) in records {
        let outcome = match record {
            Ok(record) => import.take(&record).await?,
            Err(error) => Outcome::Refused(error),
        };
        match outcome {
            Outcome::Created(_) => created += 1,
            Outcome::Known(_) => known += 1,
            Outcome::Refused(why) => {
                refused += 1;
                note(&format!("{}:{line}: {why}", file.display()));
            }
        }
    }
    let made = if dry_run { "would be made" } else { "made" };
    print(&format!(
        "{created} users {made}, {known} known already, {refused} refused"
    ))?;
    anyhow::ensure!(
        refused == 0,
        "{refused} users were refused; the others are not affected"
    );
    Ok(())
}

async fn everybody(idp: &Idp, with_passwords: bool) -> anyhow::Result<Vec<Record>> {
    let mut records = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = export(idp, after.as_deref(), with_passwords).await?;
        let Some((last, _)) = page.last() else {
            return Ok(records);
        };
        after = Some(last.clone());
        records.extend(page.into_iter().map(|(_, record)| record));
    }
}

fn write(file: Option<&Path>, text: &str) -> anyhow::Result<()> {
    let Some(path) = file else {
        return print(text);
    };
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
