//! Which PostgreSQL to run: the programs of one directory, tried before they are trusted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::{env, fs};

use super::config::PostgresConfig;
use super::error::PostgresError;
use super::identity::Identity;

/// The oldest major version whose SQL we speak.
const OLDEST_MAJOR: u32 = 15;

/// Where packages install, one directory per major version below each.
const PACKAGE_ROOTS: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
];

/// A directory with a working `postgres` and `initdb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub dir: PathBuf,
    pub major: u32,
}

impl Binaries {
    pub fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    /// The programs for a new cluster, or for one that major version `made_by` made.
    ///
    /// A named directory is used or refused. Else the newest package of the system, then `PATH`,
    /// then the fallbacks; for an existing cluster the first of its own version.
    pub fn find(
        config: &PostgresConfig,
        identity: &Identity,
        cluster: &Path,
        made_by: Option<u32>,
    ) -> Result<Self, PostgresError> {
        let mut refused = Vec::new();
        let mut majors = BTreeSet::new();
        for dir in candidates(config) {
            match Self::try_dir(&dir, identity) {
                Ok(found) if made_by.is_none_or(|major| major == found.major) => return Ok(found),
                Ok(found) => {
                    majors.insert(found.major);
                }
                Err(reason) => refused.push(format!("{}: {reason}", dir.display())),
            }
        }
        match made_by {
            Some(made_by) if !majors.is_empty() => Err(PostgresError::OtherMajor {
                dir: cluster.to_owned(),
                made_by,
                available: majors
                    .iter()
                    .map(u32::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
            _ if refused.is_empty() => Err(PostgresError::NotFound {
                tried: "nothing is installed".to_owned(),
            }),
            _ => Err(PostgresError::NotFound {
                tried: refused.join("; "),
            }),
        }
    }

    /// Runs `postgres --version` as the very user the server will have, which also shows that the
    /// user can reach the programs and their libraries.
    fn try_dir(dir: &Path, identity: &Identity) -> Result<Self, String> {
        // A wrapper in PATH finds its companions beside what it points to.
        let program = fs::canonicalize(dir.join("postgres")).map_err(|error| error.to_string())?;
        let dir = program.parent().unwrap_or(dir).to_owned();
        if !dir.join("initdb").is_file() {
            return Err("has no initdb".to_owned());
        }
        let output = identity
            .command(&program)
            .arg("--version")
            .current_dir("/")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        match parse_major(&text) {
            Some(major) if output.status.success() && major >= OLDEST_MAJOR => {
                Ok(Self { dir, major })
            }
            Some(major) if output.status.success() => {
                Err(format!("is version {major}, older than {OLDEST_MAJOR}"))
            }
            _ => {
                let complaint = String::from_utf8_lossy(&output.stderr);
                Err(format!(
                    "does not run ({}): {}",
                    output.status,
                    complaint.trim()
                ))
            }
        }
    }
}

fn candidates(config: &PostgresConfig) -> Vec<PathBuf> {
    if let Some(dir) = &config.bin_dir {
        return vec![dir.clone()];
    }
    let mut dirs = packages();
    // PATH is the system's own list of where programs are, not a setting of the product.
    if let Some(path) = env::var_os("PATH") {
        dirs.extend(env::split_paths(&path).filter(|dir| dir.join("postgres").exists()));
    }
    dirs.extend(
        config
            .fallback_bin_dirs
            .iter()
            .filter(|dir| dir.exists())
            .cloned(),
    );
    dirs
}

/// The directories of installed packages, newest version first.
fn packages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (root, prefix, below) in PACKAGE_ROOTS {
        let Ok(entries) = fs::read_dir(root) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let major = name
                .to_str()
                .and_then(|name| name.strip_prefix(prefix)?.parse().ok());
            if let Some(major) = major.filter(|major: &u32| *major >= OLDEST_MAJOR) {
                found.push((major, entry.path().join(below)));
            }
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    found
        .into_iter()
        .map(|(_, dir)| dir)
        .filter(|dir| dir.join("postgres").exists())
        .collect()
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian …)`, also of betas (`18beta1`).
fn parse_major(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn reads_the_major_version() {
        let check = |text, major| assert_eq!(parse_major(text), major, "{text}");
        check(
            "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n",
            Some(15),
        );
        check("postgres (PostgreSQL) 18beta1\n", Some(18));
        check("postgres (PostgreSQL) 17\n", Some(17));
        check("command not found", None);
        check("postgres (PostgreSQL) devel", None);
    }
}
