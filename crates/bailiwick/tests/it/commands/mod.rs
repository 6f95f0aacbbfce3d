//! The commands as they are typed: the built binary on a server's own database, provider and
//! objects. What it says, and with which code it ends.

mod archives;
mod doctor;
mod ends;
mod kills;
mod migrate;
mod tenants;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bailiwick_testkit::{Options, TestApp};
use tokio::process::{Child, Command};

/// A command that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server whose tenants are in the tiers that are written: what the commands say of them.
fn options() -> Options {
    TestApp::options().tiers_as_written()
}

/// What a command said, and how it ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    /// What it answered; it did what it was told.
    #[track_caller]
    fn answer(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.out.trim_end()
    }

    /// What it complained of; it did not do it.
    #[track_caller]
    fn complaint(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:#?}");
        let said = self.err.trim_end();
        said.strip_prefix("bailiwick: ")
            .unwrap_or_else(|| panic!("{self:#?}"))
    }
}

fn command(settings: &[(&'static str, String)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    command.args(arguments).env_clear();
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    command
}

/// Types a command; waits for its end.
async fn run(t: &TestApp, arguments: &[&str]) -> Ended {
    run_with(&t.settings(), arguments).await
}

async fn run_with(settings: &[(&'static str, String)], arguments: &[&str]) -> Ended {
    let ended = command(settings, arguments).output();
    let ended = tokio::time::timeout(PATIENCE, ended).await;
    let ended = ended
        .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
        .unwrap();
    Ended {
        code: ended.status.code(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// Types a command, and goes on.
fn spawn(t: &TestApp, arguments: &[&str]) -> Child {
    let mut command = command(&t.settings(), arguments);
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    command.spawn().unwrap()
}

/// Waits until a query finds something.
async fn until(t: &TestApp, query: &str) {
    let deadline = Instant::now() + PATIENCE;
    while t.count(query).await == 0 {
        assert!(Instant::now() < deadline, "it never came to pass: {query}");
        tokio::task::yield_now().await;
    }
}

/// What differs from run to run, by the name of what it is.
struct Names(BTreeMap<String, String>);

impl Names {
    async fn of(t: &TestApp) -> Self {
        let query = "
            select o.slug, o.id, o.clerk_org_id, p.schema_name from control.organizations o
            left join control.placements p on p.organization_id = o.id and p.schema_name <> 'tenant_shared'";
        let mut names = BTreeMap::new();
        for row in t.rows(query).await {
            let slug = row["slug"].as_str().unwrap_or_default();
            for (column, word) in [
                ("id", "id"),
                ("clerk_org_id", "provider's id"),
                ("schema_name", "schema"),
            ] {
                if let Some(text) = row[column].as_str() {
                    names.insert(text.to_owned(), format!("[{word} of {slug}]"));
                }
            }
        }
        Self(names)
    }

    fn and(mut self, text: &str, word: &str) -> Self {
        self.0.insert(text.to_owned(), format!("[{word}]"));
        self
    }

    /// With names instead of what they stand for, and columns that are not as wide as those.
    fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (known, name) in &self.0 {
            text = text.replace(known, name);
        }
        let lines = text.lines().map(|line| {
            let cells = line
                .split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty());
            let indent = line.len() - line.trim_start().len();
            " ".repeat(indent) + &cells.collect::<Vec<_>>().join("  ")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
